import { readFile } from "node:fs/promises";
import { type Deployment, outputsOf } from "./checkpoint.ts";
import { CloudBackend } from "./cloud-backend.ts";
import { contentsOf } from "./contents.ts";
import { FileBackend } from "./file-backend.ts";
import { type HistoryBackend, isFolder } from "./history-backend.ts";
import { type Decrypt, openSecrets } from "./passphrase.ts";
import type { Side } from "./release-changes.ts";
import { ReleaseError } from "./release-error.ts";
import { type NumberedUpdate, numberReleases } from "./update.ts";

export const PROJECT = "forecast-stack";

/** A release whose deployment was read. */
export interface ReadRelease {
  readonly update: NumberedUpdate;
  readonly deployment: Deployment;
  /** SHA-256 of the checkpoint's file, in hex. */
  readonly checksum: string;
}

/** The releases of one stack, from the history of the backend that the environment names. */
export class ReleaseHistory {
  readonly #backend: HistoryBackend;
  readonly #stack: string;
  readonly #keys = new Map<string, Promise<Decrypt>>();

  constructor(stack: string) {
    this.#backend = historyBackend();
    this.#stack = stack;
  }

  /** Everything that was done to the stack, oldest first, releases with their numbers. */
  async updates(): Promise<NumberedUpdate[]> {
    return numberReleases(await this.#backend.updates(this.#stack));
  }

  /**
   * @throws ReleaseError when there is no such release, or it cannot be read
   */
  async release(number: number): Promise<ReadRelease> {
    const releases = (await this.updates()).filter(({ release }) => release !== null);
    const update = releases.find(({ release }) => release === number);
    if (update === undefined) throw new ReleaseError(releases.length === 0 ? `The stack ${this.#stack} has no release yet.` : `The stack ${this.#stack} has no release ${number}; it has 1 to ${releases.length}.`);
    return this.read(update);
  }

  /** The deployment after an update. */
  async read(update: NumberedUpdate): Promise<ReadRelease> {
    return { update, ...(await this.#backend.deployment(this.#stack, update.id)) };
  }

  /** A release with everything that it consists of, secrets masked. */
  async contents({ update, deployment }: ReadRelease): Promise<Side> {
    return { ...contentsOf(deployment, await this.decryptOf(deployment)), configuration: configurationOf(update) };
  }

  /** Opens the secrets of a deployment with the passphrase of the environment. */
  async decryptOf(deployment: Deployment): Promise<Decrypt> {
    const { type, state } = deployment.secrets_providers ?? {};
    const salt = String(state?.["salt"]);
    // Pulumi Cloud opens the secrets that it encrypts itself, and gives them as they are.
    if (type === "service") return refuseCiphertext;
    if (type !== "passphrase") throw new ReleaseError(`The secrets of this release are protected by ${type ?? "nothing"}; a passphrase is what is known here.`);
    // Deriving a key takes most of a second, and a stack's salt hardly ever changes.
    const known = this.#keys.get(salt) ?? passphrase().then((text) => openSecrets(salt, text));
    this.#keys.set(salt, known);
    return known;
  }
}

/** @throws ReleaseError for a backend that keeps no history which can be read here */
function historyBackend(): HistoryBackend {
  const url = process.env["PULUMI_BACKEND_URL"] ?? "";
  if (isFolder(url)) return new FileBackend(url, PROJECT);
  if (/^https?:/.test(url)) return new CloudBackend(PROJECT);
  throw new ReleaseError(`PULUMI_BACKEND_URL is ${url}: releases are read from folders (file://...) and from Pulumi Cloud (https://...).`);
}

function refuseCiphertext(): never {
  throw new ReleaseError("Pulumi Cloud gave a secret of this release encrypted: whoever asks may not read it.");
}

/** Images by role and the schema's version, as the stack's outputs name them. */
export function summaryOf(deployment: Deployment): { readonly images: Readonly<Record<string, string>>; readonly schemaVersion: string | null } {
  const { images, schemaVersion } = outputsOf(deployment);
  return { images: (images ?? {}) as Readonly<Record<string, string>>, schemaVersion: typeof schemaVersion === "string" ? schemaVersion : null };
}

/** Names what a release was deployed from, source and settings, and behind it the service's image; empty for releases that did not say. */
export function fingerprintOf(deployment: Deployment): string {
  const { fingerprint } = outputsOf(deployment);
  const image = summaryOf(deployment).images["forecast-service"];
  if (typeof fingerprint !== "string") return "";
  return image === undefined ? fingerprint : `${fingerprint} ${image}`;
}

/** Settings by path, less those that are secret: they appear as empty or encrypted. */
function configurationOf({ entry }: NumberedUpdate): Map<string, unknown> {
  return new Map(Object.entries(entry.config).map(([key, value]) => [key, typeof value === "object" && value !== null && "secure" in value ? "(secret)" : value]));
}

async function passphrase(): Promise<string> {
  const given = process.env["PULUMI_CONFIG_PASSPHRASE"];
  if (given !== undefined) return given;
  const file = process.env["PULUMI_CONFIG_PASSPHRASE_FILE"] ?? "";
  return (
    await readFile(file, "utf8").catch(() => {
      throw new ReleaseError(`The passphrase file ${file} cannot be read: set PULUMI_CONFIG_PASSPHRASE_FILE or PULUMI_CONFIG_PASSPHRASE.`);
    })
  ).trim();
}
