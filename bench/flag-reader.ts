import { KubeConfig } from "@kubernetes/client-node";
import { FlagWatch } from "@forecast-stack/flags/flag-watch.ts";
import { createMetrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { Registry } from "prom-client";
import { readConfig } from "../app/src/platform/config.ts";
import { Flags } from "../app/src/platform/flags.ts";

// Evaluates flags as every process of the service does, and prints each new
// answer with the time at which it gave it. Argument: the namespace of the ConfigMaps.

const [namespace = ""] = process.argv.slice(2);
const flags = new Flags(readConfig({ POD_NAME: process.env["POD_NAME"] }), createMetrics(new Registry(), ["api"]));
const kubeConfig = new KubeConfig();
kubeConfig.loadFromDefault();
new FlagWatch(kubeConfig, namespace, {
  onContent: (map, content) => {
    flags.take(map, content);
    if (map !== "overrides") return;
    void flags.value("STREAMING_BATCH_DELAY_MS").then((value) => process.stdout.write(`${JSON.stringify({ value, at: performance.timeOrigin + performance.now() })}\n`));
  },
  onGone: () => undefined,
  onFailure: (_map, error) => process.stderr.write(`${String(error)}\n`),
}).start();
