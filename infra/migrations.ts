import { Job } from "@pulumi/kubernetes/batch/v1/index.js";
import { Secret } from "@pulumi/kubernetes/core/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import { migrationJobName, type MigrationFiles } from "./migration-files.ts";
import { restrictedPodSpec } from "./pod.ts";
import { connectionOf, type DatabaseEndpoint } from "./postgres/connection.ts";
import { database } from "./postgres/provisioning.ts";
import { imageUsers } from "./security-contexts.ts";
import { resourcesOf } from "./sizing.ts";
import { metadataOf, type StackContext, waitFor } from "./stack-context.ts";

/** What of a stack's `serviceEnvironment` is about migrations. */
const indexVariables = ["DB_AUTO_CREATE_INDEXES", "DB_INDEX_FORECASTS_COMPOSITE"] as const;

/**
 * Brings the schema up to date before any pod of the new version starts.
 *
 * A Job named after the image, the migrations and the settings that it is made
 * with: other ones are a new resource and unchanged ones are left alone, also
 * when an update in between failed. It is never removed by a time limit, which
 * would make every later preview want it back. When it fails, so does the
 * update, and the pods of the old version go on serving.
 */
export class Migrations extends pulumi.ComponentResource {
  readonly done: pulumi.Resource;

  constructor(context: StackContext, endpoint: DatabaseEndpoint, files: MigrationFiles, options: pulumi.ComponentResourceOptions) {
    super("forecast-stack:infra:Migrations", "migrations", {}, options);
    const parent = { parent: this };
    const { settings, secrets, appVersion } = context;
    const indexes = indexVariables.flatMap((variable) => (settings.serviceEnvironment[variable] === undefined ? [] : [{ name: variable, value: settings.serviceEnvironment[variable] }]));
    const name = migrationJobName(context.plannedImage("forecast-service"), files.digest, [settings.logLevel, settings.size, settings.readyTimeoutSeconds, indexes]);
    const connection = connectionOf(endpoint, database.owner);

    const credentials = new Secret("migrations", { metadata: metadataOf(context, "migrations", appVersion), immutable: true, stringData: { password: secrets.ownerPassword } }, parent);
    const metadata = metadataOf(context, "migrations", appVersion);
    this.done = new Job(
      name,
      {
        metadata: {
          ...metadata,
          name,
          // A Job that failed for a passing reason (no database yet) is made again by the next update.
          annotations: { "pulumi.com/replaceUnready": "true" },
        },
        spec: {
          backoffLimit: 1,
          // Ends a Job whose image cannot be pulled before the provider stops waiting, so that the reason is shown.
          activeDeadlineSeconds: settings.readyTimeoutSeconds - 10,
          template: {
            metadata: { labels: metadata.labels },
            spec: restrictedPodSpec({
              user: imageUsers["forecast-service"],
              restartPolicy: "Never",
              containers: [
                {
                  name: "migrate",
                  image: context.image("forecast-service"),
                  args: ["migrate", "up"],
                  env: [
                    { name: "NODE_ENV", value: "production" },
                    { name: "APP_VERSION", value: appVersion },
                    { name: "LOG_LEVEL", value: settings.logLevel },
                    ...indexes,
                    ...connection.env,
                    { name: "DB_PASSWORD", valueFrom: { secretKeyRef: { name: credentials.metadata.name, key: "password" } } },
                  ],
                  resources: resourcesOf(settings.size, "migrate"),
                  // Puts the end of the log, where the SQL error stands, into the pod's status and so into the update's error.
                  terminationMessagePolicy: "FallbackToLogsOnError",
                  volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, ...connection.volumeMounts],
                },
              ],
              volumes: [{ name: "tmp", emptyDir: {} }, ...connection.volumes],
            }),
          },
        },
      },
      { ...parent, ...waitFor(settings), dependsOn: [...endpoint.ready] },
    );
    this.registerOutputs({});
  }
}
