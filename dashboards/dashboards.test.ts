import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { stringify } from "yaml";
import { allDashboards } from "./all-dashboards.ts";
import { thresholdSteps } from "./limits.ts";

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly fieldConfig?: { readonly defaults?: { readonly unit?: string } };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
}

interface DashboardJson {
  readonly uid: string;
  readonly tags: readonly string[];
  readonly panels: readonly Panel[];
}

const dashboards = Object.entries(allDashboards()).map(([file, dashboard]) => [file, JSON.parse(JSON.stringify(dashboard)) as DashboardJson] as const);

describe.each(dashboards)("dashboard %s", (file, dashboard) => {
  const panels = dashboard.panels.filter((panel) => panel.type !== "row");

  it("has panels that all say what they show and in which unit", () => {
    expect(panels.length).toBeGreaterThan(5);
    for (const panel of panels) {
      expect(panel.description).toMatch(/\.$/);
      expect(panel.fieldConfig?.defaults?.unit).toMatch(/^[a-z]+$/);
      expect(panel.targets?.length).toBeGreaterThan(0);
    }
  });

  it("asks only the data source that is provisioned", () => {
    expect(new Set(panels.flatMap((panel) => panel.targets ?? []).map((target) => target.datasource.uid))).toEqual(new Set(["prometheus"]));
  });

  it("has an owner, and panels that do not cover each other", () => {
    expect(dashboard.tags).toContainEqual(expect.stringMatching(/^owner:/));
    for (const [index, one] of dashboard.panels.entries()) {
      expect(one.gridPos.x + one.gridPos.w).toBeLessThanOrEqual(24);
      for (const other of dashboard.panels.slice(index + 1)) expect({ one: one.title, other: other.title, overlap: overlap(one, other) }).toMatchObject({ overlap: false });
    }
  });

  it("has queries that Prometheus can read", () => {
    const rules = panels.flatMap((panel) => panel.targets ?? []).map(({ expr }, index) => ({ record: `query:${index}`, expr: expr.replaceAll("$__rate_interval", "5m").replaceAll("$namespace", "x") }));
    const directory = mkdtempSync(join(tmpdir(), "forecast-dashboards-"));
    const rulesFile = join(directory, `${file}.yaml`);
    writeFileSync(rulesFile, stringify({ groups: [{ name: file, rules }] }, { aliasDuplicateObjects: false }));
    const { status, stdout, stderr, error } = spawnSync("promtool", ["check", "rules", "--lint=none", rulesFile], { encoding: "utf8" });
    rmSync(directory, { recursive: true });
    if (error !== undefined) throw new Error(`promtool is needed on PATH (Debian package prometheus): ${error.message}`);
    expect({ status, output: stdout + stderr }).toMatchObject({ status: 0 });
  });
});

describe("threshold colours", () => {
  it.each([
    ["no limits", undefined, [{ value: null, color: "text" }]],
    ["low is good", { good: "below", bad: 5 } as const, [{ value: null, color: "green" }, { value: 5, color: "red" }]],
    ["low is good, with a warning", { good: "below", warning: 3, bad: 5 } as const, [{ value: null, color: "green" }, { value: 3, color: "yellow" }, { value: 5, color: "red" }]],
    ["high is good", { good: "above", bad: 1 } as const, [{ value: null, color: "red" }, { value: 1, color: "green" }]],
    ["high is good, with a warning", { good: "above", warning: 2, bad: 1 } as const, [{ value: null, color: "red" }, { value: 1, color: "yellow" }, { value: 2, color: "green" }]],
  ])("rise and mean the same everywhere: %s", (_case, limits, steps) => {
    expect(thresholdSteps(limits)).toEqual(steps);
  });
});

function overlap({ gridPos: a }: Panel, { gridPos: b }: Panel): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
