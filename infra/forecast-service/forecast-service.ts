import { ConfigMap, Secret } from "@pulumi/kubernetes/core/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import { exposedUrl } from "../exposed-service.ts";
import { connectionOf, type DatabaseEndpoint } from "../postgres/connection.ts";
import { database } from "../postgres/provisioning.ts";
import { metadataOf, type StackContext } from "../stack-context.ts";
import { api } from "./api.ts";
import { serviceEnvironment } from "./environment.ts";
import { rolloutController } from "./rollout-controller.ts";
import { serviceAccount } from "./service-account.ts";
import { flagsDirectory, type Runtime, servicePort } from "./service-pod.ts";
import { worker } from "./worker.ts";

export interface ForecastServiceArguments {
  readonly endpoint: DatabaseEndpoint;
  /** Absent where the stack has no Redis: the service then caches in each process. */
  readonly redisUrl?: pulumi.Output<string>;
  /** What must have happened before a pod of this version starts: the migrations. */
  readonly after: readonly pulumi.Resource[];
}

/** The product itself: api, worker and the controller of its staged rollouts, one image. */
export class ForecastService extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;

  constructor(context: StackContext, { endpoint, redisUrl, after }: ForecastServiceArguments, options: pulumi.ComponentResourceOptions) {
    super("forecast-stack:infra:ForecastService", "forecast-service", {}, options);
    const parent = { parent: this };
    const metadata = metadataOf(context, "api", context.appVersion);
    const { secrets } = context;

    const variables = new ConfigMap("service-config", { metadata, immutable: true, data: serviceEnvironment(context.settings, context.appVersion) }, parent);
    const credentials = new Secret(
      "service-secrets",
      {
        metadata,
        immutable: true,
        stringData: {
          DB_PASSWORD: secrets.appPassword,
          JWT_SECRET: secrets.jwtSecret,
          FIRST_ADMIN_PASSWORD: secrets.firstAdminPassword,
          SVC_JWT: secrets.serviceToken,
          ...(secrets.alertWebhookUrl === undefined ? {} : { ALERT_WEBHOOK: secrets.alertWebhookUrl }),
          ...(secrets.smtpUrl === undefined ? {} : { SMTP_URL: secrets.smtpUrl }),
          // The users of the three roles, for trying things out; never in production.
          ...(secrets.roleUsersPassword === undefined || context.settings.environment === "production" ? {} : { ROLE_USERS_PASSWORD: secrets.roleUsersPassword }),
          ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
        },
      },
      parent,
    );
    const connection = connectionOf(endpoint, database.app);
    const runtime: Omit<Runtime, "serviceAccountName"> = {
      envFrom: [{ configMapRef: { name: variables.metadata.name } }, { secretRef: { name: credentials.metadata.name } }],
      env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }, { name: "FEATURE_FLAGS_DIRECTORY", value: flagsDirectory }, ...connection.env],
      volumes: connection.volumes,
      volumeMounts: connection.volumeMounts,
    };

    api(context, { ...runtime, serviceAccountName: serviceAccount(context, "api", parent).metadata.name }, after, parent);
    worker(context, { ...runtime, serviceAccountName: serviceAccount(context, "worker", parent).metadata.name }, after, parent);
    rolloutController(context, { connection, credentials: credentials.metadata.name }, after, parent);
    this.url = exposedUrl(context, "api", servicePort);
    this.registerOutputs({ url: this.url });
  }
}
