import { series, withTemplate } from "../promql.ts";
import { stepOf } from "./measure.ts";
import type { Prometheus } from "./prometheus.ts";
import type { Span } from "./release-window.ts";

const templatesOf = (namespace: string): string => `count by (job, template) (${withTemplate(series("forecast_service_info", { namespace }))})`;

/**
 * When pods of the service came that were made from another template than those
 * at the beginning of a span: somebody has deployed, or gone back.
 *
 * @returns seconds since 1970; undefined when none came, or nothing is known of the beginning
 * @throws ValidationError when Prometheus does not answer
 */
export async function replacedAt(prometheus: Prometheus, namespace: string, span: Span): Promise<number | undefined> {
  const step = stepOf(span);
  const came = (await prometheus.series(templatesOf(namespace), span, step)).map(({ samples }) => samples[0]?.at ?? span.to);
  const later = came.filter((at) => at > span.from + step);
  return later.length === came.length || later.length === 0 ? undefined : Math.min(...later);
}
