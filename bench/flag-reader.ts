import { KubeConfig } from "@kubernetes/client-node";
import { FlagWatch } from "@forecast-stack/flags/flag-watch.ts";
import { createMetrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { Registry } from "prom-client";
import { readConfig } from "../app/src/platform/config.ts";
import { Flags } from "../app/src/platform/flags.ts";

// A process that evaluates flags as a pod of the service does, and tells its
// parent each new answer with the time at which it gave it.
// Arguments: the namespace of the ConfigMaps, and the name of this reader.

const [namespace = "", name = ""] = process.argv.slice(2);
const flags = new Flags(readConfig({ POD_NAME: name }), createMetrics(new Registry(), ["api"]));
const kubeConfig = new KubeConfig();
kubeConfig.loadFromDefault();
new FlagWatch(kubeConfig, namespace, {
  onContent: (map, content) => {
    flags.take(map, content);
    if (map !== "overrides") return;
    void flags.value("STREAMING_BATCH_DELAY_MS").then((value) => process.send?.({ value, at: performance.timeOrigin + performance.now() }));
  },
  onGone: () => undefined,
  onFailure: (_map, error) => process.stderr.write(`${String(error)}\n`),
}).start();
