import { Prometheus } from "@forecast-stack/monitoring/validation/prometheus.ts";
import type { ValidationReport } from "@forecast-stack/monitoring/validation/report.ts";
import { type WatchOptions, watchRelease } from "@forecast-stack/monitoring/validation/watch-release.ts";
import { monitoringOf } from "../alerts/alertmanager.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { ReleaseHistory } from "../releases/release-history.ts";

/** How a release of a stack is validated. */
export type ValidationOptions = Omit<WatchOptions, "namespace" | "updates">;

/**
 * Validates a release by what the stack's Prometheus knows of it. A step of a
 * deploy as well as a command.
 *
 * @throws ReleaseError or ValidationError when there is no such release, or nothing can be known of it
 */
export async function validation(options: ValidationOptions, note: (message: string) => void): Promise<ValidationReport> {
  const { namespace, prometheus } = await monitoringOf(options.stack);
  if (prometheus === undefined) throw new ReleaseError(`The stack ${options.stack} names no Prometheus: set monitoring.prometheusUrl.`);
  return watchRelease(new Prometheus(prometheus), { ...options, namespace, updates: () => new ReleaseHistory(options.stack).updates() }, note);
}
