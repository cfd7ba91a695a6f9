import type { Config } from "../platform/config.ts";
import type { Flags } from "../platform/flags.ts";
import type { JobQueue } from "../platform/job-queue.ts";
import type { ScheduledWork } from "../platform/scheduled-work.ts";
import { stableId } from "../platform/stable-id.ts";
import { duePrefetch } from "./peaks.ts";
import type { Preloader } from "./preloader.ts";

export const PREFETCH_QUEUE = "cache-prefetch";
const CLOCK_QUEUE = "cache-prefetch-clock";
/** Longer than the workers of a release take to start, shorter than it takes to leave a release and come back to it. */
export const DEPLOY_MS = 10 * 60_000;

/**
 * Fills the cache before the peaks of the day and after a deploy. The hours are
 * feature flags, which change at any time; so the clock looks every minute
 * whether a peak is near.
 */
export function scheduledPrefetch(flags: Flags, preloader: Preloader): ScheduledWork[] {
  return [
    {
      queue: CLOCK_QUEUE,
      crons: ["* * * * *"],
      handle: async (boss) => {
        const hours = await Promise.all([flags.value("PREFETCH_MORNING_PEAK_HOUR"), flags.value("PREFETCH_AFTERNOON_PEAK_HOUR")]);
        const due = duePrefetch(new Date(), { hours, leadMinutes: await flags.value("PREFETCH_LEAD_TIME_MINUTES") });
        // Later minutes ask for the same job again, which is there already.
        if (due !== undefined) await boss.insert(PREFETCH_QUEUE, [{ id: stableId(PREFETCH_QUEUE, due.toISOString()), data: { reason: "peak" } }]);
      },
    },
    {
      queue: PREFETCH_QUEUE,
      crons: [],
      handle: async (_boss, { data }) => {
        if (!(await flags.value("ENABLE_PREDICTIVE_PREFETCH"))) return;
        await preloader.preloadAll("reason" in data && data.reason === "deploy" ? "deploy" : "peak");
      },
    },
  ];
}

/**
 * Asks for the prefetch after a deploy: every process of a release does, and it
 * is done once for those that start together.
 */
export async function askForDeployPrefetch(jobs: JobQueue, { POD_NAME }: Config, flags: Flags): Promise<void> {
  const delaySeconds = 60 * (await flags.value("PREFETCH_LEAD_TIME_MINUTES"));
  await jobs.ask(PREFETCH_QUEUE, deployPrefetchId(POD_NAME, new Date()), { reason: "deploy" }, delaySeconds);
}

/**
 * The job of the processes of one release that start within the same ten
 * minutes. The release is the pods' template, by which their names begin: other
 * images or settings are another one, under the same version too; and one that
 * a rollback brings back is prefetched again, because its time is another.
 */
export function deployPrefetchId(podName: string, now: Date): string {
  return stableId(PREFETCH_QUEUE, "deploy", podName.replace(/-[^-]*$/, ""), String(Math.floor(now.getTime() / DEPLOY_MS)));
}
