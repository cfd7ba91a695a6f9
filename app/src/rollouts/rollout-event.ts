import { createHash } from "node:crypto";
import { CoreV1Event } from "@kubernetes/client-node";
import { flagConfigMaps } from "@forecast-stack/flags/config-maps.ts";

/** Kubernetes refuses longer messages. */
const LONGEST_MESSAGE = 1_024;

/** News of a rollout as an Event on the map of the rollouts. */
export function rolloutEvent({ reason, message, warning, namespace, uid, version, now }: { readonly reason: string; readonly message: string; readonly warning: boolean; readonly namespace: string; readonly uid: string; readonly version: string; readonly now: Date }): CoreV1Event {
  const name = flagConfigMaps.rollouts;
  const digest = createHash("sha256").update([uid, version, reason, message].join("\n")).digest("hex");
  return Object.assign(new CoreV1Event(), {
    metadata: { name: `${name}.${digest.slice(0, 16)}`, namespace },
    involvedObject: { apiVersion: "v1", kind: "ConfigMap", name, namespace, uid, resourceVersion: version },
    type: warning ? "Warning" : "Normal",
    reason,
    message: message.slice(0, LONGEST_MESSAGE),
    source: { component: "rollout-controller" },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  });
}
