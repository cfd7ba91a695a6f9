import type { Moments } from "./ask-prometheus.ts";

/** The stack's Prometheus reads every 15 seconds. */
const SCRAPE = 15;
/** About one moment for each two pixels of a graph. */
const MOMENTS = 300;
const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };

/**
 * The window of a dashboard until now.
 *
 * @param from such as `now-6h`
 * @param now milliseconds since 1970
 * @throws Error when it is no such window
 */
export function momentsOf(from: string, now: number): Moments {
  const [, amount = "", unit = ""] = /^now-(\d+)([mhd])$/.exec(from) ?? [];
  const window = Number(amount) * (SECONDS[unit] ?? 0);
  if (window === 0) throw new Error(`“${from}” is no window that is known here, such as now-6h.`);
  const step = Math.max(SCRAPE, window / MOMENTS);
  const to = Math.floor(now / 1000 / SCRAPE) * SCRAPE;
  return { from: to - window, to, step };
}

/** The window of `rate()` as Grafana chooses it: at least four scrapes. */
export function rateInterval({ step }: Moments): string {
  return `${Math.max(step + SCRAPE, 4 * SCRAPE)}s`;
}
