import { join } from "node:path";
import { serviceImage } from "./service-image.ts";
import { ONE_POD_EACH, repository } from "./test-stack.ts";

/** Settings of a stack for rollouts: the flag is off for whoever is not exposed, runs are fast, and nothing runs that no gate needs. */
export async function rolloutSettings(): Promise<Record<string, unknown>> {
  return {
    "forecast-stack:images": { "forecast-service": await serviceImage(join(repository, "app", "dist")) },
    ...ONE_POD_EACH,
    "forecast-stack:backup": { enabled: false },
    "forecast-stack:redis": { enabled: false },
    "forecast-stack:monitoring": { storage: "1Gi", retention: "1d", discovery: "dns", kubeletPort: 20250, nodeExporter: false, kubeStateMetrics: false },
    // A run whose hybrid forecasts miss the threshold would take them back itself, before any gate could.
    "forecast-stack:serviceEnvironment": { ENABLE_HYBRID_FORECASTING: "false", STREAMING_BATCH_DELAY_MS: "0", FORECAST_BATCH_SIZE: "50", FORECAST_HORIZON_DAYS: "14", MAPE_THRESHOLD: "1000", FORECAST_CACHE_PRELOAD: "false" },
  };
}
