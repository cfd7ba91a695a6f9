import { setTimeout } from "node:timers/promises";
import { monitoringOf } from "../alerts/alertmanager.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { ReleaseHistory } from "../releases/release-history.ts";
import { Prometheus } from "./prometheus.ts";
import { releaseWindow } from "./release-window.ts";
import type { ValidationReport } from "./report.ts";
import { validateRelease } from "./validate-release.ts";

/** How a release of a stack is validated. */
export interface ValidationOptions {
  readonly stack: string;
  /** Undefined: the newest release. */
  readonly release: number | undefined;
  readonly windowSeconds: number;
  /** Looks again and again until the window is full or the answer is NO-GO. */
  readonly wait: boolean;
  readonly strict: boolean;
}

const LOOK_EVERY_SECONDS = 60;

/**
 * Validates a release of a stack: once, or until its window is full. A step of
 * a deploy as well as a command.
 *
 * @throws ReleaseError when there is no such release, or nothing can be known of it
 */
export async function validation({ stack, release, windowSeconds, wait, strict }: ValidationOptions, note: (message: string) => void): Promise<ValidationReport> {
  const { namespace, prometheus } = await monitoringOf(stack);
  if (prometheus === undefined) throw new ReleaseError(`The stack ${stack} names no Prometheus: set monitoring.prometheusUrl.`);
  const source = new Prometheus(prometheus);
  for (;;) {
    const now = Math.floor(Date.now() / 1_000);
    const window = releaseWindow(stack, await new ReleaseHistory(stack).updates(), release, windowSeconds, now);
    note("asking Prometheus");
    const report = await validateRelease(source, { stack, namespace, window, strict, now });
    const waitable = window.missing > 0 && window.cutShort === null;
    if (!wait || !waitable || report.decision === "NO-GO") return report;
    note(`so far nothing is out of its bound; ${Math.ceil(window.missing / 60)} minutes of the window to go`);
    await setTimeout(1_000 * Math.min(LOOK_EVERY_SECONDS, window.missing));
  }
}
