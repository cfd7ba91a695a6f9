import { DaemonSet } from "@pulumi/kubernetes/apps/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import { podsOf } from "../exposed-service.ts";
import { selectorLabels } from "../labels.ts";
import { StackNamespace } from "../namespace.ts";
import { httpProbe, restrictedPodSpec } from "../pod.ts";
import { imageUsers } from "../security-contexts.ts";
import { resourcesOf } from "../sizing.ts";
import { metadataOf, type StackContext, waitFor } from "../stack-context.ts";

export const nodeExporterPort = 9100;

/**
 * Processor, memory and disk of every node.
 *
 * It reads the host's file system, which the `restricted` level forbids, so it
 * has a namespace of its own and the rest of the stack keeps the strict level.
 * It stays out of the host's network, so nothing listens on the node's address;
 * the node's network figures are left out for that (they would be the pod's).
 */
export class NodeExporter extends pulumi.ComponentResource {
  readonly namespace: pulumi.Output<string>;

  constructor(stackContext: StackContext, namespaceName: string, options: pulumi.ComponentResourceOptions) {
    super("forecast-stack:infra:NodeExporter", "node-exporter", {}, options);
    const parent = { parent: this };
    const { stack, settings } = stackContext;
    const version = stackContext.versionOf("node-exporter");
    const namespace = new StackNamespace("node-namespace", { stack, name: namespaceName, version, level: "privileged", keep: false, protect: false }, parent);
    this.namespace = namespace.name;
    const context: StackContext = { ...stackContext, namespace: namespace.name };

    podsOf(context, "node-exporter", version, { name: "metrics", port: nodeExporterPort, targetPort: "metrics" }, parent);
    new DaemonSet(
      "node-exporter",
      {
        metadata: metadataOf(context, "node-exporter", version, "node-exporter"),
        spec: {
          selector: { matchLabels: selectorLabels(stack, "node-exporter") },
          template: {
            metadata: { labels: metadataOf(context, "node-exporter", version).labels },
            spec: restrictedPodSpec({
              user: imageUsers["node-exporter"],
              tolerations: [{ operator: "Exists" }],
              containers: [
                {
                  name: "node-exporter",
                  image: context.image("node-exporter"),
                  args: [
                    `--web.listen-address=:${nodeExporterPort}`,
                    "--path.procfs=/host/proc",
                    "--path.sysfs=/host/sys",
                    "--path.rootfs=/host/root",
                    "--collector.disable-defaults",
                    ...["cpu", "diskstats", "filesystem", "loadavg", "meminfo", "pressure", "stat", "time", "uname", "vmstat"].map((collector) => `--collector.${collector}`),
                    "--collector.filesystem.mount-points-exclude=^/(dev|proc|sys|run|var/lib/(docker|containerd|kubelet|containers)/.+)($|/)",
                  ],
                  ports: [{ name: "metrics", containerPort: nodeExporterPort }],
                  resources: resourcesOf(settings.size, "exporter"),
                  readinessProbe: httpProbe("/", "metrics", { periodSeconds: 10 }),
                  livenessProbe: httpProbe("/", "metrics", { periodSeconds: 30, failureThreshold: 4 }),
                  volumeMounts: [
                    { name: "proc", mountPath: "/host/proc", readOnly: true },
                    { name: "sys", mountPath: "/host/sys", readOnly: true },
                    // Without propagation, which many machines do not offer: a disk that is mounted later shows after a restart.
                    { name: "root", mountPath: "/host/root", readOnly: true },
                  ],
                },
              ],
              volumes: [
                { name: "proc", hostPath: { path: "/proc" } },
                { name: "sys", hostPath: { path: "/sys" } },
                { name: "root", hostPath: { path: "/" } },
              ],
            }),
          },
        },
      },
      { ...parent, ...waitFor(settings) },
    );
    this.registerOutputs({ namespace: this.namespace });
  }
}
