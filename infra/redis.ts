import { Deployment } from "@pulumi/kubernetes/apps/v1/index.js";
import { Secret } from "@pulumi/kubernetes/core/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import { internalService } from "./exposed-service.ts";
import { selectorLabels } from "./labels.ts";
import { restrictedPodSpec } from "./pod.ts";
import { imageUsers } from "./security-contexts.ts";
import { redisMaxMemoryMiB, resourcesOf, type Size } from "./sizing.ts";
import { metadataOf, type StackContext, waitFor } from "./stack-context.ts";

export const redisPort = 6379;

/**
 * The server's configuration. A cache alone: nothing is written to disk, and
 * when memory is full the key that was used longest ago goes.
 */
export function redisConfiguration(size: Size, password: string): string {
  return [
    `port ${redisPort}`,
    "bind * -::*",
    `requirepass ${JSON.stringify(password)}`,
    `maxmemory ${redisMaxMemoryMiB(size)}mb`,
    "maxmemory-policy allkeys-lru",
    'save ""',
    "appendonly no",
    "dir /tmp",
    "",
  ].join("\n");
}

/** The shared cache. */
export class Redis extends pulumi.ComponentResource {
  /** `redis://` URL with the password. */
  readonly url: pulumi.Output<string>;
  readonly ready: readonly pulumi.Resource[];

  constructor(context: StackContext, options: pulumi.ComponentResourceOptions) {
    super("forecast-stack:infra:Redis", "redis", {}, options);
    const parent = { parent: this };
    const version = context.versionOf("redis");
    const { settings, secrets } = context;

    const configuration = new Secret(
      "redis-config",
      {
        metadata: metadataOf(context, "redis", version),
        immutable: true,
        stringData: { "redis.conf": secrets.redisPassword.apply((password) => redisConfiguration(settings.size, password)), password: secrets.redisPassword },
      },
      parent,
    );
    const service = internalService(context, "redis", version, { name: "redis", port: redisPort, targetPort: "redis" }, parent);
    // The client reads the password from the environment, so that it stands in no list of processes.
    const ping = { exec: { command: ["sh", "-c", 'test "$(redis-cli ping)" = PONG'] }, timeoutSeconds: 5 };
    const server = new Deployment(
      "redis",
      {
        metadata: metadataOf(context, "redis", version, "redis"),
        spec: {
          replicas: 1,
          strategy: { type: "Recreate" },
          selector: { matchLabels: selectorLabels(context.stack, "redis") },
          template: {
            metadata: { labels: metadataOf(context, "redis", version).labels },
            spec: restrictedPodSpec({
              user: imageUsers.redis,
              containers: [
                {
                  name: "redis",
                  image: context.image("redis"),
                  command: ["redis-server"],
                  args: ["/etc/redis/redis.conf"],
                  ports: [{ name: "redis", containerPort: redisPort }],
                  env: [{ name: "REDISCLI_AUTH", valueFrom: { secretKeyRef: { name: configuration.metadata.name, key: "password" } } }],
                  resources: resourcesOf(settings.size, "redis"),
                  startupProbe: { ...ping, periodSeconds: 1, failureThreshold: 60 },
                  readinessProbe: { ...ping, periodSeconds: 5 },
                  livenessProbe: { ...ping, periodSeconds: 20, failureThreshold: 6 },
                  volumeMounts: [
                    { name: "config", mountPath: "/etc/redis", readOnly: true },
                    { name: "tmp", mountPath: "/tmp" },
                  ],
                },
              ],
              volumes: [
                { name: "config", secret: { secretName: configuration.metadata.name, items: [{ key: "redis.conf", path: "redis.conf" }], defaultMode: 0o440 } },
                { name: "tmp", emptyDir: {} },
              ],
            }),
          },
        },
      },
      { ...parent, ...waitFor(settings) },
    );
    this.url = pulumi.secret(pulumi.interpolate`redis://:${secrets.redisPassword.apply(encodeURIComponent)}@${service.metadata.name}:${redisPort}`);
    this.ready = [server, service];
    this.registerOutputs({});
  }
}
