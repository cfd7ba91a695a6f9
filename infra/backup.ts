import { CronJob } from "@pulumi/kubernetes/batch/v1/index.js";
import { PersistentVolumeClaim, Secret } from "@pulumi/kubernetes/core/v1/index.js";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { backupBucket, type BackupBucket } from "./backup-bucket.ts";
import { restrictedPodSpec } from "./pod.ts";
import { type Connection, connectionOf, type DatabaseEndpoint } from "./postgres/connection.ts";
import { imageUsers } from "./security-contexts.ts";
import type { Settings } from "./settings.ts";
import { SettingsError } from "./settings-error.ts";
import { resourcesOf } from "./sizing.ts";
import { metadataOf, type StackContext } from "./stack-context.ts";

/** Hours that the newest backup may be old: a day, and two hours for a slow one. */
export const backupMaxAgeHours = 26;

/** Whether the stack makes backups itself: where an operator or somebody else runs Postgres, they do. */
export function makesBackups({ backup, postgres }: Pick<Settings, "backup" | "postgres">): boolean {
  return backup.enabled && postgres.mode === "statefulset";
}

/** What is to be said where nobody makes backups, though the settings do not say that this is meant. */
export function missingBackups({ backup, postgres }: Pick<Settings, "backup" | "postgres">): string | undefined {
  if (!backup.enabled || postgres.mode !== "cloudnativepg" || backup.s3.bucket !== "") return undefined;
  return "Nobody makes backups of the database: CloudNativePG takes them to a bucket. Set backup.s3 (docs/backups.md), or backup.enabled to false where they are made in another way.";
}

/**
 * Backups of the database by schedule, in a bucket or on a volume. forecastctl
 * makes its Jobs from this schedule's template: one place says how a backup is
 * made, before a deploy and at night alike. The schedule waits for `after`: an
 * update whose image does not even start must leave it as it was, or there would
 * be no backup in the night that follows.
 */
export class Backup extends pulumi.ComponentResource {
  constructor(context: StackContext, endpoint: DatabaseEndpoint, after: readonly pulumi.Resource[], options: pulumi.ComponentResourceOptions) {
    super("forecast-stack:infra:Backup", "backup", {}, options);
    const parent = { parent: this };
    const { settings, secrets, appVersion } = context;
    if (secrets.backupKey === undefined) throw new SettingsError("forecast-stack", [{ key: "backupKey", message: "is not set, and backups are encrypted with it: set it with pulumi config set --secret, or set backup.enabled to false" }]);
    const metadata = metadataOf(context, "backup", appVersion);
    const place = this.#place(context);
    const credentials = new Secret("backup", { metadata, immutable: true, stringData: { key: secrets.backupKey, password: secrets.postgresPassword } }, parent);
    const secret = (name: string, key: string) => ({ name, valueFrom: { secretKeyRef: { name: credentials.metadata.name, key } } });
    // Rows of all tenants are read, and databases made: that takes a superuser.
    const connection = connectionOf(endpoint, "postgres");
    new CronJob(
      "backup",
      {
        metadata: metadataOf(context, "backup", appVersion, "backup"),
        spec: {
          schedule: settings.backup.schedule,
          timeZone: "Etc/UTC",
          concurrencyPolicy: "Forbid",
          // A cluster that was off at the time makes up for it when it is on again.
          startingDeadlineSeconds: 12 * 3_600,
          successfulJobsHistoryLimit: 3,
          failedJobsHistoryLimit: 3,
          jobTemplate: {
            metadata: { labels: metadata.labels },
            spec: {
              backoffLimit: 0,
              activeDeadlineSeconds: 2 * 3_600,
              template: {
                metadata: { labels: metadata.labels },
                spec: restrictedPodSpec({
                  user: imageUsers["forecast-service"],
                  restartPolicy: "Never",
                  containers: [
                    {
                      name: "backup",
                      image: context.image("forecast-service"),
                      args: ["backup", "run"],
                      env: [
                        { name: "NODE_ENV", value: "production" },
                        ...place.env,
                        { name: "BACKUP_KEEP_DAYS", value: String(settings.backup.keepDays) },
                        { name: "BACKUP_KEEP_NEWEST", value: String(settings.backup.keepNewest) },
                        ...connection.env,
                        secret("DB_PASSWORD", "password"),
                        secret("BACKUP_KEY", "key"),
                      ],
                      resources: resourcesOf(settings.size, "backup"),
                      terminationMessagePolicy: "FallbackToLogsOnError",
                      volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, ...place.volumeMounts, ...connection.volumeMounts],
                    },
                  ],
                  volumes: [{ name: "tmp", emptyDir: {} }, ...place.volumes, ...connection.volumes],
                }),
              },
            },
          },
        },
      },
      { ...parent, dependsOn: [...endpoint.ready, ...after] },
    );
    this.registerOutputs({});
  }

  /** A bucket where the settings name one, else a volume of its own that outlives the stack. */
  #place(context: StackContext): Connection {
    const { settings, appVersion } = context;
    const parent = { parent: this };
    const bucket = backupBucket(context, "backup", appVersion, parent);
    if (bucket !== undefined) return { env: bucketVariables(bucket), volumes: [], volumeMounts: [] };
    const claim = new PersistentVolumeClaim(
      "backups",
      {
        // Its first backup binds it: waiting for that would wait for the night.
        metadata: { ...metadataOf(context, "backup", appVersion, "backups"), annotations: { "pulumi.com/skipAwait": "true" } },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: settings.backup.storage } }, ...(settings.storageClass === "" ? {} : { storageClassName: settings.storageClass }) },
      },
      { ...parent, protect: settings.protect, retainOnDelete: true },
    );
    return {
      env: [{ name: "BACKUP_DIRECTORY", value: "/backups" }],
      volumes: [{ name: "backups", persistentVolumeClaim: { claimName: claim.metadata.name } }],
      volumeMounts: [{ name: "backups", mountPath: "/backups" }],
    };
  }
}

function bucketVariables({ bucket, prefix, region, endpoint, secretName }: BackupBucket): types.input.core.v1.EnvVar[] {
  const secret = (name: string, key: string) => ({ name, valueFrom: { secretKeyRef: { name: secretName, key } } });
  return [
    { name: "BACKUP_S3_BUCKET", value: bucket },
    { name: "BACKUP_S3_PREFIX", value: prefix },
    { name: "BACKUP_S3_REGION", value: region },
    ...(endpoint === "" ? [] : [{ name: "BACKUP_S3_ENDPOINT", value: endpoint }]),
    secret("AWS_ACCESS_KEY_ID", "accessKeyId"),
    secret("AWS_SECRET_ACCESS_KEY", "secretAccessKey"),
  ];
}
