import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { renderRuleGroups, severities } from "@forecast-stack/monitoring/alert-rule.ts";
import { catalogue } from "@forecast-stack/monitoring/catalogue/catalogue.ts";
import { lookbackSeconds } from "@forecast-stack/monitoring/prometheus-config.ts";
import { stringify } from "yaml";
import { allRuleGroups } from "./all-rule-groups.ts";
import { pendingAlerts } from "./pending.ts";

const here = import.meta.dirname;
const rules = allRuleGroups.flatMap((group) => group.rules);
const links = { runbooks: "alerts/runbooks/", dashboards: "https://grafana.example" };

function promtool(args: readonly string[], input: object): { status: number | null; output: string } {
  const directory = mkdtempSync(join(tmpdir(), "forecast-alerts-"));
  const file = join(directory, "input.yaml");
  writeFileSync(file, stringify(input, { aliasDuplicateObjects: false }));
  writeFileSync(join(directory, "rules.yaml"), stringify(renderRuleGroups(allRuleGroups, links), { aliasDuplicateObjects: false }));
  const { status, stdout, stderr, error } = spawnSync("promtool", [...args, file], { encoding: "utf8" });
  rmSync(directory, { recursive: true });
  if (error !== undefined) throw new Error(`promtool is needed on PATH (Debian package prometheus): ${error.message}`);
  return { status, output: `${stdout}${stderr}` };
}

/** The anchors of a runbook, as they are made from its headings. */
function anchorsOf(file: string): string[] {
  return [...readFileSync(join(here, "runbooks", file), "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading.toLowerCase().replaceAll(" ", "-"));
}

describe("alert rules", () => {
  it("are accepted by promtool", () => {
    expect(promtool(["check", "rules"], renderRuleGroups(allRuleGroups, links))).toMatchObject({ status: 0 });
  });

  it.each(rules.map((rule) => [rule.alert, rule] as const))("%s says who is told, how loud it is, what the value is and what to do", (_alert, rule) => {
    expect(severities).toContain(rule.severity);
    expect(rule.team).toMatch(/^[a-z]+$/);
    expect(rule.summary.length).toBeGreaterThan(10);
    expect(rule.description).toMatch(/\{\{ \$value[^}]*\}\}/);
    const [file = "", anchor = ""] = rule.runbook.split("#");
    expect(anchorsOf(file)).toContain(anchor);
    if (rule.breach !== undefined) expect(rule.panel).toBeDefined();
  });

  it.each(["RunsAboveMapeTarget", "CriticalErrorsAfterRelease", "UptimeLow", "ServiceMemoryHigh", "CacheHitRateLow", "ApiLatencyP99High"])("%s is a trigger of a rollback: the alert and its runbook name the command", (alert) => {
    const rule = rules.find((one) => one.alert === alert);
    const [file = "", anchor = ""] = (rule?.runbook ?? "").split("#");
    const section = readFileSync(join(here, "runbooks", file), "utf8").split(/^## /m).find((text) => text.split("\n")[0]?.toLowerCase() === anchor);
    expect([rule?.description, section]).toEqual([expect.stringContaining("forecastctl rollback --stack"), expect.stringContaining("forecastctl rollback --stack")]);
  });

  it("have runbooks without sections that no alert leads to", () => {
    const linked = new Set(rules.map(({ runbook }) => runbook));
    const sections = readdirSync(join(here, "runbooks")).flatMap((file) => [...readFileSync(join(here, "runbooks", file), "utf8").matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => `${file}#${heading.toLowerCase().replaceAll(" ", "-")}`));
    expect(sections.filter((section) => !linked.has(section))).toEqual([]);
  });

  it("are evaluated before what they recorded counts no longer", () => {
    for (const { intervalSeconds = 0 } of allRuleGroups) expect(intervalSeconds).toBeLessThan(lookbackSeconds);
  });

  it("have names that no other rule has", () => {
    const names = rules.map((rule) => rule.alert);
    expect(new Set(names).size).toBe(names.length);
  });

  it("have a test file for each group that alerts", () => {
    const files = readdirSync(here);
    for (const { name } of allRuleGroups.filter((group) => group.rules.length > 0)) expect(files).toContain(`${name}.test.ts`);
  });

  it("wait for nothing that is there already", () => {
    expect(pendingAlerts.filter(({ waitsFor, alert }) => waitsFor in catalogue || rules.some((rule) => rule.alert === alert))).toEqual([]);
  });

  it("name a drill that goes on, in every alert that fires meanwhile", () => {
    const series = (labels: string): object[] => [
      { series: 'pg_up{namespace="forecast-dev"}', values: "0x10" },
      { series: `kube_service_info{namespace="forecast-dev",service="${labels}"}`, values: "1x10" },
    ];
    for (const [service, drill] of [["drill-postgres", "drill-postgres"], ["postgres", "none"]] as const) {
      const tests = [{ interval: "1m", input_series: series(service), alert_rule_test: [{ eval_time: "5m", alertname: "PostgresDown", exp_alerts: [{ exp_labels: {} }] }] }];
      // It fails on purpose: what it got is read from its report.
      const { output } = promtool(["test", "rules"], { rule_files: ["rules.yaml"], evaluation_interval: "1m", tests });
      expect({ service, output }).toEqual({ service, output: expect.stringContaining(`drill="${drill}"`) });
    }
  });
});
