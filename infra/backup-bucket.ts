import { Secret } from "@pulumi/kubernetes/core/v1/index.js";
import type * as pulumi from "@pulumi/pulumi";
import type { Component } from "./components.ts";
import { SettingsError } from "./settings-error.ts";
import { metadataOf, type StackContext } from "./stack-context.ts";

/** A bucket that takes backups, and the Secret with the key to it. */
export interface BackupBucket {
  readonly bucket: string;
  /** Before every name; ends with a slash. */
  readonly prefix: string;
  readonly region: string;
  /** Empty for Amazon's own. */
  readonly endpoint: string;
  /** Holds `accessKeyId`, `secretAccessKey` and `region`. */
  readonly secretName: pulumi.Output<string>;
}

/**
 * The bucket of the settings; undefined where none is set.
 *
 * @throws SettingsError when the key to it is not set
 */
export function backupBucket(context: StackContext, component: Component, version: string, parent: pulumi.CustomResourceOptions): BackupBucket | undefined {
  const { settings, secrets, stack } = context;
  const { bucket, prefix, region, endpoint } = settings.backup.s3;
  if (bucket === "") return undefined;
  const { backupS3AccessKeyId: accessKeyId, backupS3SecretAccessKey: secretAccessKey } = secrets;
  if (accessKeyId === undefined || secretAccessKey === undefined) throw new SettingsError("forecast-stack", [{ key: "backupS3AccessKeyId", message: "and backupS3SecretAccessKey are what backup.s3.bucket is written with: set both with pulumi config set --secret" }]);
  const secret = new Secret("backup-bucket", { metadata: metadataOf(context, component, version), immutable: true, stringData: { accessKeyId, secretAccessKey, region } }, parent);
  return { bucket, prefix: prefix === "" ? `${stack}/` : prefix, region, endpoint, secretName: secret.metadata.name };
}
