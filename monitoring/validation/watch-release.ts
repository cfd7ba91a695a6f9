import { setTimeout } from "node:timers/promises";
import type { Prometheus } from "./prometheus.ts";
import { releaseWindow, type ReleaseUpdate, secondsUntilLookedAt } from "./release-window.ts";
import type { ValidationReport } from "./report.ts";
import { validateRelease } from "./validate-release.ts";

/** How a release of a stack is watched. */
export interface WatchOptions {
  readonly stack: string;
  readonly namespace: string;
  /** What was done to the stack, oldest first, asked for at every look. */
  readonly updates: () => Promise<readonly ReleaseUpdate[]>;
  /** Undefined: the newest release. */
  readonly release: number | undefined;
  readonly windowSeconds: number;
  /** Looks again and again until the window is full or the answer is NO-GO. */
  readonly wait: boolean;
  readonly strict: boolean;
}

/** A look asks for the whole window: of a long one not as often as of a short one. */
const SHORTEST_REST_SECONDS = 60;
const LOOKS = 200;

/**
 * Validates a release of a stack: once, or until its window is full.
 *
 * @throws ValidationError when there is no such release, or nothing can be known of it
 */
export async function watchRelease(prometheus: Prometheus, { stack, namespace, updates, release, windowSeconds, wait, strict }: WatchOptions, note: (message: string) => void): Promise<ValidationReport> {
  const rest = Math.max(SHORTEST_REST_SECONDS, Math.round(windowSeconds / LOOKS));
  for (;;) {
    const now = Math.floor(Date.now() / 1_000);
    const known = await updates();
    const early = secondsUntilLookedAt(known, release, now);
    if (wait && early > 0) {
      note(`Prometheus has looked at the release in ${early} s`);
      await setTimeout(1_000 * early);
      continue;
    }
    const window = releaseWindow(stack, known, release, windowSeconds, now);
    note("asking Prometheus");
    const report = await validateRelease(prometheus, { stack, namespace, window, strict, now });
    const waitable = window.missing > 0 && window.cutShort === null;
    if (!wait || !waitable || report.decision === "NO-GO") return report;
    note(`so far nothing is out of its bound; ${Math.ceil(window.missing / 60)} minutes of the window to go`);
    await setTimeout(1_000 * Math.min(rest, window.missing));
  }
}
