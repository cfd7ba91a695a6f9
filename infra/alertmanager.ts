import { StatefulSet } from "@pulumi/kubernetes/apps/v1/index.js";
import { Secret } from "@pulumi/kubernetes/core/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import { inhibitions } from "@forecast-stack/alerts/inhibitions.ts";
import { alertmanagerConfig } from "@forecast-stack/monitoring/alertmanager-config.ts";
import { stringify } from "yaml";
import { receivers } from "./alert-receivers.ts";
import { exposedService, exposedUrl, podsOf } from "./exposed-service.ts";
import { selectorLabels } from "./labels.ts";
import { httpProbe, restrictedPodSpec } from "./pod.ts";
import { imageUsers } from "./security-contexts.ts";
import { resourcesOf } from "./sizing.ts";
import { metadataOf, type StackContext, waitFor } from "./stack-context.ts";
import { claimTemplate, retainClaims } from "./volume-claim.ts";

export const alertmanagerPort = 9093;

/** Holds silences and what was notified already. */
const volume = "1Gi";

/** Routes alerts to people. Its configuration is a Secret, because receivers' addresses are credentials. */
export class Alertmanager extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;

  constructor(context: StackContext, options: pulumi.ComponentResourceOptions) {
    super("forecast-stack:infra:Alertmanager", "alertmanager", {}, options);
    const parent = { parent: this };
    const version = context.versionOf("alertmanager");
    const { stack, settings } = context;

    const config = new Secret(
      "alertmanager-config",
      {
        metadata: metadataOf(context, "alertmanager", version),
        immutable: true,
        stringData: { "alertmanager.yaml": receivers(context).apply((chosen) => stringify(alertmanagerConfig({ ...chosen, inhibitions }), { aliasDuplicateObjects: false })) },
      },
      parent,
    );
    const port = { name: "http", port: alertmanagerPort, targetPort: "http" };
    exposedService(context, "alertmanager", version, port, parent);
    const pods = podsOf(context, "alertmanager", version, port, parent);
    new StatefulSet(
      "alertmanager",
      {
        metadata: metadataOf(context, "alertmanager", version, "alertmanager"),
        spec: {
          serviceName: pods.metadata.name,
          replicas: 1,
          selector: { matchLabels: selectorLabels(stack, "alertmanager") },
          persistentVolumeClaimRetentionPolicy: retainClaims,
          volumeClaimTemplates: [claimTemplate(context, "alertmanager", volume)],
          template: {
            metadata: { labels: metadataOf(context, "alertmanager", version).labels },
            spec: restrictedPodSpec({
              user: imageUsers.alertmanager,
              containers: [
                {
                  name: "alertmanager",
                  image: context.image("alertmanager"),
                  // One instance: without an address it would look for others to gossip with.
                  args: ["--config.file=/etc/alertmanager/alertmanager.yaml", "--storage.path=/alertmanager", `--web.listen-address=:${alertmanagerPort}`, "--cluster.listen-address="],
                  ports: [{ name: "http", containerPort: alertmanagerPort }],
                  resources: resourcesOf(settings.size, "alertmanager"),
                  readinessProbe: httpProbe("/-/ready", "http", { periodSeconds: 5 }),
                  livenessProbe: httpProbe("/-/healthy", "http", { periodSeconds: 30, failureThreshold: 4 }),
                  terminationMessagePolicy: "FallbackToLogsOnError",
                  volumeMounts: [
                    { name: "data", mountPath: "/alertmanager" },
                    { name: "config", mountPath: "/etc/alertmanager", readOnly: true },
                  ],
                },
              ],
              volumes: [{ name: "config", secret: { secretName: config.metadata.name } }],
            }),
          },
        },
      },
      { ...parent, ...waitFor(settings), protect: settings.protect },
    );
    this.url = exposedUrl(context, "alertmanager", alertmanagerPort);
    this.registerOutputs({ url: this.url });
  }
}
