import type { Unit } from "@forecast-stack/monitoring/catalogue/metric-definition.ts";
import { type Bound, limitOf, watchList, type WatchLine } from "@forecast-stack/monitoring/watch-list.ts";
import type { ClassicDashboard } from "./classic-dashboard.ts";
import { curve, dashboard, number, type Placed } from "./layout.ts";
import type { Limits } from "./limits.ts";
import type { PanelText } from "./panel.ts";

const NAMESPACE = "$namespace";
/** The window that a release is watched for, and the part of it that a moment of a graph tells of. */
const WINDOW = "48h";
const MOMENT = "1h";

const grafanaUnit: Readonly<Partial<Record<Unit, string>>> = { ratio: "percentunit", percent: "percent", seconds: "s", count: "none" };

/** The watch list of a release as it stands: what `forecastctl validate` judges, drawn. */
export function validation(): ClassicDashboard {
  const drawn = watchList.filter(({ measured }) => measured.by !== "growth");
  return dashboard({
    uid: "forecast-validation",
    title: "48-hour validation",
    description: "What a release is watched by for two days, over the 48 hours until now. forecastctl validate judges it for the release's own window, and says GO or NO-GO.",
    owner: "platform",
    window: WINDOW,
    sections: [
      { title: "Watch list", panels: drawn.filter(({ kind }) => kind === "watch-list").map(newest) },
      { title: "Over time", panels: drawn.filter(({ kind }) => kind === "watch-list").map(overTime) },
      { title: "Targets of the next release", panels: drawn.filter(({ kind }) => kind === "target").map(newest) },
    ],
  });
}

function newest(line: WatchLine): Placed {
  const { measured } = line;
  const [expr, of] = measured.by === "runs" ? [measured.gauge(NAMESPACE), "of the newest run"] : [measured.by === "window" ? measured.value(NAMESPACE, WINDOW) : "", "over 48 hours"];
  return number({ ...textOf(line), description: `${line.title}, ${of}; ${spelled(line.bound)} is good.`, queries: [{ expr, legend: line.name }] }, line.kind === "target" ? 12 : 6);
}

function overTime(line: WatchLine): Placed {
  const { measured } = line;
  const [expr, of] = measured.by === "runs" ? [measured.gauge(NAMESPACE), "of the newest run"] : [measured.by === "window" ? measured.value(NAMESPACE, MOMENT) : "", "over the hour before each moment"];
  return curve({ ...textOf(line), title: `${line.title}, over time`, description: `${line.title}, ${of}; ${spelled(line.bound)} is good.`, queries: [{ expr, legend: line.name }] });
}

function textOf({ title, unit, bound, measured, kind }: WatchLine): Omit<PanelText, "description" | "queries"> {
  // What is measured by events is not known before there was one; that is no fault of the release.
  const waitsForEvents = measured.by === "window" && measured.needs !== undefined;
  return { title: kind === "target" ? `${title}: target` : title, unit: grafanaUnit[unit] ?? "none", limits: limitsOf(bound, unit), emptyIsGood: waitsForEvents || kind === "target" };
}

/** Grafana colours from a step on: a count beyond its limit is at least half a one more, because counts are estimated. */
function limitsOf(bound: Bound, unit: Unit): Limits {
  const limit = limitOf(bound);
  if ("atLeast" in bound || "over" in bound) return { good: "above", bad: limit };
  return { good: "below", bad: unit === "count" && "atMost" in bound ? limit + 0.5 : limit };
}

function spelled(bound: Bound): string {
  const words = { atLeast: "at least", atMost: "at most", over: "more than", under: "less than" } as const;
  const [side = "atMost"] = Object.keys(bound) as (keyof typeof words)[];
  return `${words[side]} ${limitOf(bound)}`;
}
