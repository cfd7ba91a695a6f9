import type { Deployment } from "../releases/checkpoint.ts";
import { StackBackups, backupTemplate } from "./backups.ts";
import { archivedCluster, backUpCluster } from "./operator-backup.ts";
import type { StackPlace } from "./service-job.ts";

/**
 * Backs the database up before something is done to it, the way that the stack does.
 *
 * @param running what runs now
 * @returns what was made, for people; undefined when whoever runs the stack's Postgres makes its backups
 * @throws ReleaseError when it fails: what was to follow must not be done
 */
export async function backUpFirst(running: Deployment, place: StackPlace, occasion: "before-deploy" | "before-undo", note: (message: string) => void): Promise<string | undefined> {
  const cluster = archivedCluster(running);
  if (cluster !== undefined) return backUpCluster(place, cluster, occasion, note);
  if ((await backupTemplate(place)) === undefined) return undefined;
  const { name, rows } = await new StackBackups(place, note).create();
  return `${name}, ${rows} rows`;
}
