import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { cloudNativeCluster } from "../backup/operator-backup.ts";
import type { CheckpointResource, Deployment } from "../releases/checkpoint.ts";
import type { Decrypt } from "../releases/passphrase.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { placeOf } from "./jobs.ts";
import type { Obstacle } from "./plan.ts";
import { runInPostgres } from "./postgres-pod.ts";
import { parseUrn } from "./urn.ts";
import { opened } from "./verify.ts";

/** Signs in for backups alone: the service never does. */
export const SUPERUSER = "postgres";
/** Key in the Secret → role. */
const roles = { owner: "forecast_owner", app: "forecast_app", monitor: "forecast_monitor", postgres: SUPERUSER } as const;
const SECRET = "postgres-passwords";

interface Keys {
  readonly target: Decrypt;
  readonly today: Decrypt;
}

/** Roles of the stack's own Postgres whose password is another one in the target: name → the target's password. */
export function changedPasswords(target: Deployment, today: Deployment, decrypt: Keys): Map<string, string> {
  const [then, now] = [contentOf(secretOf(target), decrypt.target), contentOf(secretOf(today), decrypt.today)];
  if (then === undefined || now === undefined) return new Map();
  return new Map(Object.entries(roles).flatMap(([key, role]) => (then[key] === undefined || then[key] === now[key] ? [] : [[role, then[key]] as const])));
}

/**
 * Where somebody else runs Postgres, nothing here can give the service's role
 * its older password back, and no pod of that release would become ready.
 */
export function foreignPasswordObstacles(target: Deployment, today: Deployment, decrypt: Keys): Obstacle[] {
  const ours = secretOf(today) !== undefined || cloudNativeCluster(today) !== undefined;
  const [then, now] = [contentOf(secretOf(target, "service-secrets"), decrypt.target), contentOf(secretOf(today, "service-secrets"), decrypt.today)];
  if (ours || then === undefined || now === undefined || then["DB_PASSWORD"] === now["DB_PASSWORD"]) return [];
  return [{ reason: "The database's password was changed since that release, and its Postgres is run by somebody else: have them give the service's role the older one, deploy today's release with that password, and go back then." }];
}

/** A sentence on archives that the target has no key for; empty when it has. */
export function backupKeyNote(target: Deployment, today: Deployment, decrypt: Keys): string {
  const [then, now] = [contentOf(secretOf(target, "backup"), decrypt.target), contentOf(secretOf(today, "backup"), decrypt.today)];
  if (then === undefined || now === undefined || then["key"] === now["key"]) return "";
  return "The key of backups was changed since that release, which gets the older one: keep today's backupKey, because what was backed up with it opens with nothing else.";
}

/**
 * Gives roles of the stack's Postgres these passwords, from inside its pod. Only
 * verifiers are sent: neither the server's log nor a list of processes ever
 * shows a password. Sessions that are open stay open.
 *
 * @throws ReleaseError when Postgres does not take them
 */
export async function setRolePasswords(today: Deployment, passwords: ReadonlyMap<string, string>, context: string | undefined): Promise<void> {
  const secret = secretOf(today);
  if (secret === undefined || passwords.size === 0) return;
  const statements = [...passwords].map(([role, password]) => `ALTER ROLE ${role} PASSWORD '${scramVerifier(password, randomBytes(16))}';\n`).join("");
  await runInPostgres(context, placeOf(secret.inputs).namespace, "postgres", statements).catch((error: unknown) => {
    throw new ReleaseError(`Postgres did not take the passwords of that release: ${error instanceof Error ? error.message : String(error)}`);
  });
}

/** What Postgres keeps of a password (RFC 5803): it can check with it, but nobody can sign in with it. */
export function scramVerifier(password: string, salt: Buffer, iterations = 4_096): string {
  const salted = pbkdf2Sync(password.normalize("NFKC"), salt, iterations, 32, "sha256");
  const key = (name: string) => createHmac("sha256", salted).update(name).digest();
  const storedKey = createHash("sha256").update(key("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${storedKey}:${key("Server Key").toString("base64")}`;
}

function secretOf(deployment: Deployment, name = SECRET): CheckpointResource | undefined {
  return deployment.resources.find(({ type, urn, delete: condemned }) => type === "kubernetes:core/v1:Secret" && parseUrn(urn).name === name && !condemned);
}

/** The provider records what a Secret was given as text (`stringData`) under `data`, in base64. */
function contentOf(secret: CheckpointResource | undefined, decrypt: Decrypt): Readonly<Record<string, string>> | undefined {
  if (secret === undefined) return undefined;
  const data = Object.entries((opened(secret.inputs["data"], decrypt) ?? {}) as Record<string, string>);
  return { ...Object.fromEntries(data.map(([key, value]) => [key, Buffer.from(value, "base64").toString("utf8")])), ...(opened(secret.inputs["stringData"], decrypt) as object | undefined) };
}
