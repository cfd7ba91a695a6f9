import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import type { Job, PgBoss } from "pg-boss";
import type { Flags } from "../platform/flags.ts";
import type { Preloader } from "./preloader.ts";
import { deployPrefetchId, PREFETCH_QUEUE, scheduledPrefetch } from "./scheduled-prefetch.ts";

const defaults = { PREFETCH_MORNING_PEAK_HOUR: 11, PREFETCH_AFTERNOON_PEAK_HOUR: 17, PREFETCH_LEAD_TIME_MINUTES: 2, ENABLE_PREDICTIVE_PREFETCH: true };

/** The work with these flags, what it asked the queue for and why it filled the cache. */
function work(changed: Partial<typeof defaults> = {}) {
  const values: Readonly<Record<string, unknown>> = { ...defaults, ...changed };
  const flags = { value: (name: string) => Promise.resolve(values[name]) } as unknown as Flags;
  const filled: string[] = [];
  const preloader = { preloadAll: (reason: string) => Promise.resolve(filled.push(reason)) } as unknown as Preloader;
  const asked: { queue: string; id: string; data: object }[] = [];
  const boss = { insert: (queue: string, jobs: { id: string; data: object }[]) => Promise.resolve(asked.push(...jobs.map((job) => ({ queue, ...job })))) } as unknown as PgBoss;
  const [clock, prefetch] = scheduledPrefetch(flags, preloader);
  return {
    asked,
    filled,
    tick: async (time: string) => {
      jest.setSystemTime(new Date(time));
      await clock?.handle(boss, { data: {} } as Job);
    },
    prefetch: async (data: object) => prefetch?.handle(boss, { data } as Job),
  };
}

describe("the prefetch before the peaks of the day", () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ["nextTick", "queueMicrotask"] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it("is asked for once, at the minute that PREFETCH_MORNING_PEAK_HOUR, PREFETCH_AFTERNOON_PEAK_HOUR and PREFETCH_LEAD_TIME_MINUTES make", async () => {
    const minutesOf = async (flags: Partial<typeof defaults>) => {
      const { asked, tick } = work(flags);
      const minutes: string[] = [];
      for (let minute = 0; minute < 24 * 60; minute += 1) {
        const time = new Date(Date.UTC(2026, 2, 2, 0, minute)).toISOString();
        const known = new Set(asked.map(({ id }) => id));
        await tick(time);
        if (asked.some(({ id }) => !known.has(id))) minutes.push(time.slice(11, 16));
      }
      expect(new Set(asked.map(({ queue }) => queue))).toEqual(new Set([PREFETCH_QUEUE]));
      return minutes;
    };
    expect(await minutesOf({})).toEqual(["11:28", "17:28"]);
    expect(await minutesOf({ PREFETCH_MORNING_PEAK_HOUR: 8, PREFETCH_AFTERNOON_PEAK_HOUR: 20, PREFETCH_LEAD_TIME_MINUTES: 10 })).toEqual(["08:20", "20:20"]);
  });

  it("fills the cache only with ENABLE_PREDICTIVE_PREFETCH, and so does the one after a deploy", async () => {
    const [on, off] = [work(), work({ ENABLE_PREDICTIVE_PREFETCH: false })];
    for (const { prefetch } of [on, off]) for (const reason of ["peak", "deploy"]) await prefetch({ reason });
    expect([on.filled, off.filled]).toEqual([["peak", "deploy"], []]);
  });
});

describe("the prefetch after a deploy", () => {
  const noon = new Date("2026-03-02T12:00:00Z");
  const later = (minutes: number) => new Date(noon.getTime() + minutes * 60_000);

  it("is one for all pods of a release that start together", () => {
    expect(deployPrefetchId("forecast-worker-7d9f8c6b5-x2z1k", noon)).toBe(deployPrefetchId("forecast-worker-7d9f8c6b5-q8w3e", later(9)));
  });

  it("is another one for other images or settings, and for a release that comes back", () => {
    const first = deployPrefetchId("forecast-worker-7d9f8c6b5-x2z1k", noon);
    expect(deployPrefetchId("forecast-worker-5c4b3a2d1-x2z1k", noon)).not.toBe(first);
    expect(deployPrefetchId("forecast-worker-7d9f8c6b5-m5n6p", later(10))).not.toBe(first);
  });
});
