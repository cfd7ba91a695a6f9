import { hasSchedule } from "../backup/backups.ts";
import { archivedCluster, cloudNativeCluster } from "../backup/operator-backup.ts";
import { nameOf } from "../releases/contents.ts";
import type { Deployment } from "../releases/checkpoint.ts";

/**
 * Why a stack's database is not backed up before a deploy; undefined where it
 * has to be.
 *
 * @param today what Pulumi knows of the stack now
 * @param newest the newest release: a schedule that somebody took away since is missed, not forgotten
 */
export function whyNoBackup(today: Deployment, newest: Deployment): string | undefined {
  if (archivedCluster(today) !== undefined) return undefined;
  if (today.resources.every(({ type }) => type.startsWith("pulumi:"))) return "the stack is destroyed, there is no database";
  if (cloudNativeCluster(today) !== undefined) return "its CloudNativePG cluster has no object store to back up to (backup.s3)";
  if (!runsPostgres(today)) return "its Postgres is run by somebody else, who makes the backups (postgres.mode)";
  if ([today, newest].some(hasSchedule)) return undefined;
  return "this stack makes none (backup.enabled)";
}

function runsPostgres({ resources }: Deployment): boolean {
  return resources.some(({ type, urn, delete: condemned }) => type === "kubernetes:apps/v1:StatefulSet" && !condemned && nameOf(urn) === "postgres");
}
