import { createHash } from "node:crypto";
import { CoreV1Event } from "@kubernetes/client-node";
import { flagConfigMaps } from "./config-maps.ts";
import type { FlagMapVersion } from "./flag-watch.ts";
import type { FlagProblem } from "./problem.ts";

/** Kubernetes cuts longer messages off by refusing them. */
const LONGEST_MESSAGE = 1_024;

/** A problem as an Event on its ConfigMap. Every process of a namespace makes the same one, under the same name, so that there is one. */
export function problemEvent(problem: FlagProblem, version: FlagMapVersion, { namespace, now }: { readonly namespace: string; readonly now: Date }): CoreV1Event {
  const name = flagConfigMaps[problem.map];
  const digest = createHash("sha256").update([version.uid, version.resourceVersion, problem.key, problem.message].join("\n")).digest("hex");
  return Object.assign(new CoreV1Event(), {
    metadata: { name: `${name}.${digest.slice(0, 16)}`, namespace },
    involvedObject: { apiVersion: "v1", kind: "ConfigMap", name, namespace, uid: version.uid, resourceVersion: version.resourceVersion },
    type: "Warning",
    reason: "FlagIgnored",
    message: problem.message.slice(0, LONGEST_MESSAGE),
    source: { component: "forecast-service" },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  });
}
