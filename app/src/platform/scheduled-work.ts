import type { Job, PgBoss, Schedule } from "pg-boss";
import type { QueueDefinition } from "./job-queue.ts";

/** Work that a feature does at set times, or when it is asked for; of all workers one does it. */
export interface ScheduledWork {
  /** Its queue, whose jobs ask for it. */
  readonly queue: string;
  /** When it is due, in UTC, each with five fields; none: only when something asks for it. */
  readonly crons: readonly string[];
  /** Does it; it is tried again when it throws, so that doing it twice must do no harm. */
  handle(boss: PgBoss, job: Job): Promise<void>;
}

const POLLING = { pollingIntervalSeconds: 1 };
/** Jobs are remembered for longer than the longest time between two of them, a week, so that a missed one can be told. */
const REMEMBERED_SECONDS = 14 * 86_400;

/** The queues of scheduled work. */
export function scheduledQueues(works: readonly ScheduledWork[], heartbeatSeconds: number): QueueDefinition[] {
  return works.map(({ queue }) => ({
    name: queue,
    options: { retryLimit: 3, retryDelay: 5, retryBackoff: true, retryDelayMax: 60, heartbeatSeconds, expireInSeconds: 1_800, deleteAfterSeconds: REMEMBERED_SECONDS },
  }));
}

/** Takes jobs of scheduled work, and keeps its times in the database. */
export async function workOnSchedule(boss: PgBoss, works: readonly ScheduledWork[]): Promise<void> {
  const known = await boss.getSchedules();
  for (const work of works) {
    await boss.work<object>(work.queue, POLLING, async ([job]) => {
      if (job !== undefined) await work.handle(boss, job);
    });
    await keepTimes(boss, work, known);
  }
}

/** What stays as it is, is not written: the time of the last change tells the watchdog since when a time counts. */
async function keepTimes(boss: PgBoss, { queue, crons }: ScheduledWork, known: readonly Schedule[]): Promise<void> {
  const old = new Map(known.filter(({ name }) => name === queue).map(({ key, cron }) => [key, cron]));
  for (const [index, cron] of crons.entries()) {
    if (old.get(String(index)) !== cron) await boss.schedule(queue, cron, {}, { tz: "UTC", key: String(index) });
    old.delete(String(index));
  }
  for (const key of old.keys()) await boss.unschedule(queue, key);
}
