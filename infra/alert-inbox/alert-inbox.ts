import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Deployment } from "@pulumi/kubernetes/apps/v1/index.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import { internalService } from "../exposed-service.ts";
import { selectorLabels } from "../labels.ts";
import { httpProbe, restrictedPodSpec } from "../pod.ts";
import { imageUsers } from "../security-contexts.ts";
import { resourcesOf } from "../sizing.ts";
import { metadataOf, type StackContext, waitFor } from "../stack-context.ts";

export const alertInboxPort = 8080;

/** Where Alertmanager posts its messages. */
export const alertInboxUrl = `http://alert-inbox:${alertInboxPort}/messages`;

/** A receiver of alerts inside the stack, for drills: what Alertmanager sends, it keeps for a while and shows. */
export class AlertInbox extends pulumi.ComponentResource {
  constructor(context: StackContext, options: pulumi.ComponentResourceOptions) {
    super("forecast-stack:infra:AlertInbox", "alert-inbox", {}, options);
    const parent = { parent: this };
    const { appVersion, settings } = context;
    const program = new ConfigMap("alert-inbox", { metadata: metadataOf(context, "alert-inbox", appVersion), immutable: true, data: { "inbox.mjs": readFileSync(join(import.meta.dirname, "inbox.mjs"), "utf8") } }, parent);
    internalService(context, "alert-inbox", appVersion, { name: "http", port: alertInboxPort, targetPort: "http" }, parent);
    new Deployment(
      "alert-inbox",
      {
        metadata: metadataOf(context, "alert-inbox", appVersion, "alert-inbox"),
        spec: {
          replicas: 1,
          // It keeps its messages in memory: a new one that does not start must not take them away.
          strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          selector: { matchLabels: selectorLabels(context.stack, "alert-inbox") },
          template: {
            metadata: { labels: metadataOf(context, "alert-inbox", appVersion).labels },
            spec: restrictedPodSpec({
              user: imageUsers["forecast-service"],
              containers: [
                {
                  name: "alert-inbox",
                  // Any Node will do, and the service's is there.
                  image: context.image("forecast-service"),
                  command: ["node", "/inbox/inbox.mjs"],
                  env: [{ name: "PORT", value: String(alertInboxPort) }],
                  ports: [{ name: "http", containerPort: alertInboxPort }],
                  resources: resourcesOf(settings.size, "exporter"),
                  readinessProbe: httpProbe("/healthz", "http", { periodSeconds: 3 }),
                  livenessProbe: httpProbe("/healthz", "http", { periodSeconds: 30, failureThreshold: 4 }),
                  volumeMounts: [{ name: "program", mountPath: "/inbox", readOnly: true }],
                },
              ],
              volumes: [{ name: "program", configMap: { name: program.metadata.name } }],
            }),
          },
        },
      },
      { ...parent, ...waitFor(settings) },
    );
    this.registerOutputs({});
  }
}
