import type { Dimension } from "./expression-unit.ts";

/** Grafana's names for what a value is measured in. */
const byUnit: Readonly<Record<Dimension["unit"], readonly string[]>> = {
  seconds: ["s"],
  bytes: ["bytes"],
  percent: ["percent"],
  // A multiple (a burn rate, processors in use) is a ratio without a percent sign.
  ratio: ["percentunit", "none"],
  count: ["none"],
  state: ["none"],
  number: ["none"],
  // No panel shows a point in time: time() - it is a duration.
  timestamp: [],
};

/**
 * The units in which Grafana may show an expression. Alternatives that have no
 * unit in common can be shown without one only.
 */
export function grafanaUnits(alternatives: readonly Dimension[]): string[] {
  const [first = [], ...others] = alternatives.map(unitsFor);
  const common = first.filter((unit) => others.every((allowed) => allowed.includes(unit)));
  return common.length === 0 && others.length > 0 ? ["none"] : common;
}

function unitsFor({ unit, per }: Dimension): readonly string[] {
  if (per === undefined) return byUnit[unit];
  if (unit === "bytes") return per === "second" ? ["Bps"] : [];
  if (unit !== "count") return [];
  return per === "second" ? ["ops", "reqps"] : ["opm"];
}
