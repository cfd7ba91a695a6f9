import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { renderRuleGroups } from "@forecast-stack/monitoring/alert-rule.ts";
import { stringify } from "yaml";
import { allRuleGroups } from "./all-rule-groups.ts";

const here = import.meta.dirname;
const rules = allRuleGroups.flatMap((group) => group.rules);

function promtool(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr, error } = spawnSync("promtool", args, { encoding: "utf8" });
  if (error !== undefined) throw new Error(`promtool is needed on PATH (Debian package prometheus): ${error.message}`);
  return { status, output: `${stdout}${stderr}` };
}

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "forecast-alerts-"));
  writeFileSync(join(directory, "rules.yaml"), stringify(renderRuleGroups(allRuleGroups, "alerts/runbooks/"), { aliasDuplicateObjects: false }));
});

afterAll(() => rmSync(directory, { recursive: true }));

describe("alert rules", () => {
  it("are accepted by promtool", () => {
    expect(promtool("check", "rules", join(directory, "rules.yaml"))).toMatchObject({ status: 0 });
  });

  it.each(readdirSync(here).filter((file) => file.endsWith(".promtool.yaml")))("fire, stay silent and resolve as %s says", (file) => {
    copyFileSync(join(here, file), join(directory, file));
    const { status, output } = promtool("test", "rules", join(directory, file));
    expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining("SUCCESS") });
  });

  it.each(rules.map((rule) => [rule.alert, rule] as const))("%s has a promtool case that fires and one that does not", (alert) => {
    const cases = readdirSync(here)
      .filter((file) => file.endsWith(".promtool.yaml"))
      .map((file) => readFileSync(join(here, file), "utf8"))
      .join("\n");
    expect(cases).toMatch(new RegExp(`alertname: ${alert}\\n\\s+exp_alerts:`));
    expect(cases).toMatch(new RegExp(`alertname: ${alert} }`));
  });

  it.each(rules.map((rule) => [rule.alert, rule] as const))("%s tells the current value and links a runbook that exists", (_alert, rule) => {
    expect(rule.summary.length).toBeGreaterThan(10);
    expect(rule.description).toContain("$value");
    const [file = "", anchor = ""] = rule.runbook.split("#");
    const headings = [...readFileSync(join(here, "runbooks", file), "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading.toLowerCase().replaceAll(" ", "-"));
    expect(headings).toContain(anchor);
  });

  it("have names that no other rule has", () => {
    const names = rules.map((rule) => rule.alert);
    expect(new Set(names).size).toBe(names.length);
  });
});
