import type { Manifest } from "./store.ts";

/** Which backups are kept. */
export interface Retention {
  /** Days that every backup is kept. */
  readonly keepDays: number;
  /** The newest ones, which are kept however old they are. */
  readonly keepNewest: number;
}

const DAY_MS = 86_400_000;

const STAMP = "20260131T020000Z";
const STAMP_PARTS = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** Backups that may go: older than wanted, not among the newest, and not the newest one that is known to be intact. */
export function expired(manifests: readonly Manifest[], now: Date, { keepDays, keepNewest }: Retention): Manifest[] {
  const newestFirst = manifests.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  const lastIntact = newestFirst.find(({ checked }) => checked?.intact === true);
  return newestFirst.slice(keepNewest).filter((manifest) => manifest !== lastIntact && now.getTime() - Date.parse(manifest.createdAt) > keepDays * DAY_MS);
}

/**
 * Archives that cannot be used and may go: without a manifest, or with one that
 * is damaged. They stay as long as a backup of that time would, and as long as
 * there is no newer backup that is complete: they may be all that there is.
 *
 * @param names end with their moment, such as `forecast-20260131T020000Z`
 */
export function expiredRemains(names: readonly string[], complete: readonly Manifest[], now: Date, { keepDays }: Pick<Retention, "keepDays">): string[] {
  return names.filter((name) => {
    const madeAt = Date.parse(name.slice(-STAMP.length).replace(STAMP_PARTS, "$1-$2-$3T$4:$5:$6Z"));
    return now.getTime() - madeAt > keepDays * DAY_MS && complete.some(({ createdAt }) => Date.parse(createdAt) > madeAt);
  });
}
