import { type AnnotationQuery, AnnotationQueryBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { series, withTemplate } from "@forecast-stack/monitoring/promql.ts";
import { dataSource } from "./panel.ts";

/** Grafana asks for annotations once a minute; a marker is what is there now and was not a minute ago. */
const STEP = "1m";

const here = { namespace: "$namespace" } as const;

const templates = (selector: string): string => `count by (job, version, template) (${withTemplate(selector)})`;
const revisions = (selector: string): string => `count by (revision) (${selector})`;

/**
 * What changed, as lines in every graph: from metrics, so that a change that
 * nobody announced shows too, and so that they survive Grafana.
 */
export function changeMarkers(): AnnotationQuery[] {
  const service = series("forecast_service_info", here);
  const flags = series("feature_flags_revision_info", here);
  const weight = series("rollout_weight_percent", here);
  return [
    marker("Releases", "blue", "{{job}} {{version}}: pods of {{template}}", appeared(templates, service)),
    marker("Flags", "purple", "flags {{revision}}", appeared(revisions, flags)),
    marker("Rollouts", "orange", "{{rollout}}: {{flag}} {{variant}}", `${weight} != ${weight} offset ${STEP}`),
  ];
}

/** Series that are new. Where nothing at all is known of a minute ago, nothing is new: Prometheus was away. */
function appeared(grouped: (selector: string) => string, selector: string): string {
  return `${grouped(selector)} unless ${grouped(`${selector} offset ${STEP}`)} and on () count(${selector} offset ${STEP})`;
}

function marker(name: string, color: string, title: string, expr: string): AnnotationQuery {
  return new AnnotationQueryBuilder().name(name).datasource(dataSource).enable(true).iconColor(color).expr(expr).step(STEP).titleFormat(title).build();
}
