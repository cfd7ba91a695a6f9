import type { AlertRule } from "@forecast-stack/monitoring/alert-rule.ts";

/** What one alert does with made-up time. */
export interface AlertCase {
  readonly behaviour: string;
  /** Minutes between two samples, and between two evaluations. */
  readonly step: number;
  /** Series → values in promtool's notation. */
  readonly series: Readonly<Record<string, string>>;
  /** Minutes at which it is silent. */
  readonly silent: readonly number[];
  readonly fires: readonly { readonly at: number; readonly labels: Readonly<Record<string, string>>; readonly description: string }[];
}

/** The value of a series while all is good and while it is bad: a level, or what a counter gains each minute. */
export type Levels = readonly [good: number, bad: number] | { readonly perMinute: readonly [good: number, bad: number] };

export interface ThresholdCase {
  readonly behaviour: string;
  readonly series: readonly (readonly [series: string, levels: Levels])[];
  readonly labels: Readonly<Record<string, string>>;
  readonly description: string;
  /** Minutes until the value shows a change in full: the longest window of the expression. */
  readonly window?: number;
  /** Minutes after which a value that is good again ends it; `window` where it is left out. */
  readonly endsWithin?: number;
  /** Minutes after the beginning of the bad time at which it is still silent, besides the time that it must hold. */
  readonly notBefore?: number;
  readonly step?: number;
}

/**
 * Good, then bad, then good again: the alert is silent while it is good, still
 * silent before its time is over, fires, and ends. Levels close to the
 * threshold on both sides make the case notice when somebody moves it.
 */
export function threshold(rule: AlertRule, { behaviour, series, labels, description, window = 0, endsWithin = window, notBefore, step = 1 }: ThresholdCase): AlertCase {
  const holds = minutes(rule.for);
  const toStep = (time: number): number => Math.ceil(time / step) * step;
  const good = toStep(window + holds + 4 * step);
  const bad = toStep(window + holds + 4 * step);
  const again = toStep(endsWithin + 4 * step);
  const samples = { good: good / step, bad: bad / step, again: again / step };
  return {
    behaviour,
    step,
    series: Object.fromEntries(series.map(([name, levels]) => [name, spell(levels, samples, step)])),
    silent: [good - step, ...(window === 0 && holds > step ? [good + holds - step] : []), ...(notBefore === undefined ? [] : [good + toStep(notBefore)]), good + bad + toStep(endsWithin) + 2 * step],
    fires: [{ at: good + bad - step, labels, description }],
  };
}

/** Bad all the time, and yet silent: there is too little of it to say anything, or something else forbids it. */
export function neverFires(rule: AlertRule, { behaviour, series, window = 0, step = 1 }: { readonly behaviour: string; readonly series: readonly (readonly [series: string, level: number | { readonly perMinute: number }])[]; readonly window?: number; readonly step?: number }): AlertCase {
  const end = Math.ceil((window + minutes(rule.for)) / step) * step + 6 * step;
  const values = (level: number | { readonly perMinute: number }): string => (typeof level === "number" ? `${level}x${end / step}` : `0+${round(level.perMinute * step)}x${end / step}`);
  return { behaviour, step, series: Object.fromEntries(series.map(([name, level]) => [name, values(level)])), silent: [end - step], fires: [] };
}

function spell(levels: Levels, samples: { readonly good: number; readonly bad: number; readonly again: number }, step: number): string {
  if (!("perMinute" in levels)) {
    const [good, bad] = levels;
    return `${good}x${samples.good} ${bad}x${samples.bad - 1} ${good}x${samples.again - 1}`;
  }
  const [good, bad] = levels.perMinute.map((rate) => round(rate * step)) as [number, number];
  const before = round(good * samples.good);
  const after = round(before + bad * samples.bad);
  return `0+${good}x${samples.good} ${round(before + bad)}+${bad}x${samples.bad - 1} ${round(after + good)}+${good}x${samples.again - 1}`;
}

function round(value: number): number {
  return Number(value.toFixed(6));
}

/** `1h30m` in minutes. */
export function minutes(duration: string): number {
  const units: Readonly<Record<string, number>> = { d: 1_440, h: 60, m: 1, s: 1 / 60 };
  return [...duration.matchAll(/(\d+)([dhms])/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ""] ?? NaN), 0);
}
