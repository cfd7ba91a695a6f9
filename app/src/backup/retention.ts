import type { Manifest } from "./store.ts";

/** Which backups are kept. */
export interface Retention {
  /** Days that every backup is kept. */
  readonly keepDays: number;
  /** The newest ones, which are kept however old they are. */
  readonly keepNewest: number;
}

const DAY_MS = 86_400_000;

/** Backups that may go: older than wanted, not among the newest, and not the newest one that is known to be intact. */
export function expired(manifests: readonly Manifest[], now: Date, { keepDays, keepNewest }: Retention): Manifest[] {
  const newestFirst = manifests.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  const lastIntact = newestFirst.find(({ checked }) => checked?.intact === true);
  return newestFirst.slice(keepNewest).filter((manifest) => manifest !== lastIntact && now.getTime() - Date.parse(manifest.createdAt) > keepDays * DAY_MS);
}
