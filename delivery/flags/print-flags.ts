import { flagConfigMaps } from "@forecast-stack/flags/config-maps.ts";
import type { FlagProblem } from "@forecast-stack/flags/problem.ts";
import { thresholds } from "@forecast-stack/monitoring/thresholds.ts";
import pc from "picocolors";
import type { FlagOverview } from "./flag-overview.ts";

/** A problem with the place where it is put right. */
export function readFlagProblem({ map, message }: FlagProblem): string {
  return `${pc.yellow("ignored")} in ${flagConfigMaps[map]}: ${message}`;
}

/** What else there is to know of a flag, in a few words. */
export function describeNote({ rollout, note, source }: Pick<FlagOverview, "rollout" | "note" | "source">): string {
  const staged = rollout === undefined ? [] : [`${rollout.name}: ${rollout.variant} for ${rollout.weight} %${rollout.cohort === undefined ? "" : " of a cohort"}${source === "override" ? " (overridden)" : ""}`];
  // Without a note somebody wrote the map by hand, and the map does not tell who.
  const by = source !== "override" ? [] : [`by ${note?.by ?? "unknown"}`, ...(note?.reason === undefined ? [] : [note.reason]), ...(note?.until === undefined ? [] : [`until ${note.until}`])];
  return [...staged, ...by].join(", ");
}

/** The date of a flag's end, and whether it has outstayed it or has been the same for everybody for long. */
export function describeAge({ expires, stale, settledSince }: Pick<FlagOverview, "expires" | "stale" | "settledSince">, now: Date): string {
  const longSettled = settledSince !== undefined && now.getTime() - Date.parse(settledSince) > thresholds.flagSettledSeconds * 1_000;
  return `${expires}${stale ? " (past)" : ""}${longSettled ? `, settled since ${settledSince.slice(0, 10)}` : ""}`;
}

/** All of one flag, a line each. */
export function printFlag(flag: FlagOverview, problems: readonly FlagProblem[]): void {
  const lines = [
    [flag.flag, String(flag.value)],
    ["decided by", [flag.source, describeNote(flag)].filter(Boolean).join(", ")],
    ["owner", flag.owner],
    ["expires", describeAge(flag, new Date())],
    ["is for", flag.description],
  ];
  process.stdout.write(`${lines.map(([name = "", text = ""]) => `${pc.bold(name.padEnd(10))}  ${text}\n`).join("")}${problems.map((problem) => `${readFlagProblem(problem)}\n`).join("")}`);
}
