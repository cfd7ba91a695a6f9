import type { MonitoredParts } from "@forecast-stack/monitoring/scrape-jobs.ts";
import type { Settings } from "./settings.ts";

/** Which parts of a stack with these settings there are to scrape. */
export function monitoredParts({ redis, monitoring, grafana }: Settings): MonitoredParts {
  return {
    redis: redis.enabled,
    nodeExporter: monitoring.nodeExporter,
    kubeStateMetrics: monitoring.kubeStateMetrics,
    bundled: monitoring.mode === "bundled",
    grafana: grafana.enabled,
  };
}
