import type { RolloutSpec } from "./rollout-spec.ts";

const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

/** Whether a first step may begin now; without a window it always may. */
export function windowIsOpen(window: RolloutSpec["startWindow"], now: Date): boolean {
  if (window === undefined) return true;
  const day = days[now.getUTCDay()];
  const time = now.toISOString().slice(11, 16);
  return day !== undefined && window.days.includes(day) && window.from <= time && time < window.to;
}
