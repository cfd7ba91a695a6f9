/** When the peaks of the day begin. */
export interface Peaks {
  /** Hours, in UTC; a peak begins half past its hour. */
  readonly hours: readonly number[];
  /** Minutes before a peak at which the prefetch starts. */
  readonly leadMinutes: number;
}

/** The scheduler may be late, never early: a prefetch that should have started longer ago would come into the peak. */
const LATEST_MS = 5 * 60_000;

/** The start of the prefetch that is due at `now`, or undefined. */
export function duePrefetch(now: Date, { hours, leadMinutes }: Peaks): Date | undefined {
  const starts = hours.map((hour) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), hour, 30 - leadMinutes)));
  return starts.find((start) => now >= start && now.getTime() - start.getTime() < LATEST_MS);
}
