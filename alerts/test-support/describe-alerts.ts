import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type AlertRule, type Breach, expressionOf, linksOf, type RecordingRule, renderRuleGroups, type RuleGroup } from "@forecast-stack/monitoring/alert-rule.ts";
import { stringify } from "yaml";
import type { AlertCase } from "./alert-case.ts";

const links = { runbooks: "https://docs.example/runbooks/", dashboards: "https://grafana.example" };

/** Days of made-up time on a machine that does other things too. */
const MOST_MS = 60_000;

/** The cases of every alert of a group, by its name. */
export type GroupCases = Readonly<Record<string, (rule: AlertRule) => readonly AlertCase[]>>;

/**
 * Tests a group of alerts on Prometheus's own evaluator: each alert fires, stays
 * silent and ends as its cases say, and no threshold can be moved without a
 * case that notices.
 *
 * @param also groups whose recorded series the alerts read
 */
export function describeAlerts(group: RuleGroup, cases: GroupCases, also: readonly RuleGroup[] = []): void {
  describe(`alerts of ${group.name}`, () => {
    let directory: string;
    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), `alerts-${group.name}-`));
    });
    afterAll(() => rmSync(directory, { recursive: true }));

    it("all have cases, and all cases have an alert", () => {
      expect(Object.keys(cases).sort()).toEqual(group.rules.map(({ alert }) => alert).sort());
    });

    describe.each(group.rules.map((rule) => [rule.alert, rule] as const))("%s", (alert, rule) => {
      const own = cases[alert]?.(rule) ?? [];
      const run = (changed: AlertRule, name: string): Promise<Outcome> => promtool(join(directory, `${alert}-${name}`), withRecords(changed, group, also), changed, own);

      it.each(own.map((one) => [one.behaviour, one] as const))("%s", async (_behaviour, one) => {
        expect(await promtool(join(directory, `${alert}-${own.indexOf(one)}`), withRecords(rule, group, also), rule, [one])).toEqual({ passed: true, output: expect.stringContaining("SUCCESS") });
      }, MOST_MS);

      if (rule.breach !== undefined) {
        it("has a case that fires, one that does not and one that ends", () => {
          expect(own.some(({ fires }) => fires.length > 0)).toBe(true);
          expect(own.some(({ fires, silent }) => silent.some((at) => fires.every((one) => at < one.at)))).toBe(true);
          expect(own.some(({ fires, silent }) => silent.some((at) => fires.length > 0 && fires.every((one) => at > one.at)))).toBe(true);
        });

        it.each(mutations(rule))("is tested so closely that somebody notices when %s", async (change, changed) => {
          expect({ change, noticed: !(await run(changed, change.replaceAll(/[^a-z0-9.-]+/gi, "-"))).passed }).toEqual({ change, noticed: true });
        }, MOST_MS);
      }
    });
  });
}

interface Outcome {
  readonly passed: boolean;
  readonly output: string;
}

/** Every threshold of a rule, moved a little in both directions. */
export function mutations(rule: AlertRule): (readonly [change: string, changed: AlertRule])[] {
  const own = rule.breach === undefined ? [] : moved(rule.breach).map(([to, breach]) => [`its threshold becomes ${to}`, { ...rule, breach }] as const);
  const others = (rule.and ?? []).flatMap((condition, index) =>
    moved(condition.breach).map(([to, breach]) => [`condition ${index + 1} becomes ${to}`, { ...rule, and: (rule.and ?? []).map((one, at) => (at === index ? { ...one, breach } : one)) }] as const),
  );
  return [...own, ...others];
}

/** A count moves by one, anything else by a tenth. */
function moved(breach: Breach): (readonly [string, Breach])[] {
  const limit = "over" in breach ? breach.over : breach.under;
  const by = Number.isInteger(limit) && Math.abs(limit) <= 3 ? 1 : Math.abs(limit) / 10;
  return [limit - by, limit + by].map((value) => Number(value.toFixed(6))).map((value) => ["over" in breach ? `> ${value}` : `< ${value}`, "over" in breach ? { over: value } : { under: value }]);
}

/** The rule with the recorded series that it reads, and those that these read. */
function withRecords(rule: AlertRule, group: RuleGroup, also: readonly RuleGroup[]): RuleGroup[] {
  const all = [group, ...also].flatMap(({ records = [] }) => records);
  const reads = (expression: string): readonly RecordingRule[] => all.filter(({ record, expr }) => expr !== expression && new RegExp(`${record}(?![\\w:])`).test(expression));
  const direct = reads(expressionOf(rule));
  const needed = new Set([...direct.flatMap(({ expr }) => reads(expr)), ...direct]);
  return [{ ...group, records: [...needed], rules: [rule] }];
}

async function promtool(folder: string, groups: readonly RuleGroup[], rule: AlertRule, cases: readonly AlertCase[]): Promise<Outcome> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "rules.yaml"), stringify(renderRuleGroups(groups, links), { aliasDuplicateObjects: false }));
  const files = await Promise.all(
    cases.map(async (one, index) => {
      const file = join(folder, `case-${index}.yaml`);
      await writeFile(file, stringify(promtoolFile(rule, one), { aliasDuplicateObjects: false }));
      return file;
    }),
  );
  return new Promise((resolve, reject) => {
    execFile("promtool", ["test", "rules", ...files], (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== "number") reject(new Error(`promtool is needed on PATH (Debian package prometheus): ${error.message}`));
      else resolve({ passed: error === null, output: `${stdout}${stderr}` });
    });
  });
}

function promtoolFile(rule: AlertRule, { step, series, silent, fires }: AlertCase): object {
  const expected = [...new Set(fires.map(({ at }) => at))].map((moment) => ({
    eval_time: `${moment}m`,
    alertname: rule.alert,
    exp_alerts: fires
      .filter(({ at }) => at === moment)
      .map(({ labels, description }) => ({
        exp_labels: { severity: rule.severity, team: rule.team, ...rule.labels, ...labels },
        exp_annotations: { summary: withLabels(rule.summary, labels), description, ...linksOf(rule, links), drill: "none" },
      })),
  }));
  return {
    rule_files: ["rules.yaml"],
    evaluation_interval: `${step}m`,
    tests: [
      {
        interval: `${step}m`,
        external_labels: { stack: "dev" },
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        alert_rule_test: [...silent.map((at) => ({ eval_time: `${at}m`, alertname: rule.alert })), ...expected],
      },
    ],
  };
}

function withLabels(template: string, labels: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? "");
}
