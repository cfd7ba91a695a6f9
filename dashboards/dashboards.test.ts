import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { stringify } from "yaml";
import { unitsOf } from "./check/expression-unit.ts";
import { grafanaUnits } from "./check/grafana-unit.ts";
import { questionsOf } from "./check/questions.ts";
import { dashboardFiles, type PanelJson, panelsOf } from "./dashboard-json.ts";
import { thresholdSteps } from "./limits.ts";

describe.each([...dashboardFiles()])("dashboard %s", (file, dashboard) => {
  const panels = panelsOf(dashboard);
  const expressions = questionsOf(dashboard, "stack").flatMap((question) => (question.kind === "values" ? [question] : []));

  it("has panels that all say what they show, in which unit, where good ends and what it means when they are empty", () => {
    expect(panels.length).toBeGreaterThan(5);
    for (const { title, description, fieldConfig, targets = [] } of panels) {
      expect({ title, description }).toEqual({ title, description: expect.stringMatching(/\.$/) });
      expect({ title, unit: fieldConfig?.defaults.unit }).toEqual({ title, unit: expect.stringMatching(/^[a-z]+$/i) });
      expect(fieldConfig?.defaults.thresholds?.steps[0]).toMatchObject({ value: null });
      expect(["none", "unknown"]).toContain(fieldConfig?.defaults.noValue);
      expect(targets.length).toBeGreaterThan(0);
    }
  });

  it("shows every value in the unit that its expression has", () => {
    const wrong = expressions.filter(({ where, expr, expect: { unit } }) => !where.includes(": annotation ") && !grafanaUnits(unitsOf(expr)).includes(unit));
    expect(wrong).toEqual([]);
  });

  it("asks only the data source that is provisioned", () => {
    const asked = [...panels.flatMap(({ targets = [] }) => targets), ...dashboard.templating.list, ...(dashboard.annotations.list ?? [])];
    expect(new Set(asked.map(({ datasource }) => datasource.uid))).toEqual(new Set(["prometheus"]));
  });

  it("has an owner, and panels that do not cover each other", () => {
    expect(dashboard.tags).toContainEqual(expect.stringMatching(/^owner:/));
    for (const [index, one] of dashboard.panels.entries()) {
      expect(one.gridPos.x + one.gridPos.w).toBeLessThanOrEqual(24);
      for (const other of dashboard.panels.slice(index + 1)) expect({ one: one.title, other: other.title, overlap: overlap(one, other) }).toMatchObject({ overlap: false });
    }
  });

  it("has queries that Prometheus can read", () => {
    const rules = expressions.map(({ expr }, index) => ({ record: `query:${index}`, expr }));
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

function overlap({ gridPos: a }: PanelJson, { gridPos: b }: PanelJson): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
