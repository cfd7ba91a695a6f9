import type { AlertRule, Condition, RuleGroup } from "@forecast-stack/monitoring/alert-rule.ts";
import { panel } from "@forecast-stack/monitoring/panel-reference.ts";
import { burnRate, type Slo, slos, sloRecords, sloStates, stateOf, type Window, windows } from "@forecast-stack/monitoring/slos.ts";
import { thresholds } from "@forecast-stack/monitoring/thresholds.ts";

interface Burn {
  readonly suffix: string;
  /** Times the speed at which the budget lasts exactly 30 days. */
  readonly rate: number;
  readonly long: Window;
  /** Says that it still goes on, so that the alert ends soon after the burn. */
  readonly short: Window;
  readonly severity: "critical" | "warning";
  readonly says: string;
}

/** How fast is worth which noise: the windows and rates of Google's SRE workbook, chapter 5. */
const burns: readonly Burn[] = [
  { suffix: "Fast", rate: 14.4, long: "1h", short: "5m", severity: "critical", says: "2% of it were used within the last hour" },
  { suffix: "Medium", rate: 6, long: "6h", short: "30m", severity: "critical", says: "5% of it were used within the last 6 hours" },
  { suffix: "Slow", rate: 3, long: "1d", short: "2h", severity: "warning", says: "10% of it were used within the last day" },
  { suffix: "Steady", rate: 1, long: "3d", short: "6h", severity: "warning", says: "10% of it were used within the last 3 days" },
];

const capital = (name: string): string => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;

/** What must hold besides: that it still goes on, and that there is enough traffic: shares of a quiet night's handful of requests say nothing. */
function guards(slo: Slo, { rate, long, short }: Burn): Condition[] {
  if (slo.measured.by === "state") return [{ value: stateOf(slo), breach: { over: 0 } }];
  return [
    { value: burnRate(slo, short), breach: { over: rate } },
    { value: slo.measured.all(long), breach: { over: thresholds.leastRequestsPerSecond } },
  ];
}

function burnAlert(slo: Slo, burn: Burn): AlertRule {
  const { suffix, rate, long, severity, says } = burn;
  return {
    alert: `${capital(slo.name)}BudgetBurn${suffix}`,
    value: burnRate(slo, long),
    breach: { over: rate },
    and: guards(slo, burn),
    for: "2m",
    severity: slo.pages ? severity : "warning",
    team: slo.team,
    labels: { slo: slo.name },
    summary: `The error budget of ${slo.name} is used up ${rate} times too fast`,
    description: `${slo.title} (objective ${Number((slo.objective * 100).toFixed(3))}% over 30 days): the budget burns at {{ $value | humanize }} times the speed that it allows (threshold ${rate}); at that speed ${says}.`,
    runbook: `slo.md#${slo.name}budgetburn`,
    panel: panel("slos", `${capital(slo.name)}: burn rate over ${long}`),
  };
}

/** A state changes seldom and lasts: the fast windows would tell of it what the slow ones do. */
const burnsOf = (slo: Slo): readonly Burn[] => (slo.measured.by === "state" ? burns.filter(({ severity }) => severity === "warning") : burns);

/** Objectives over windows that change fast, and their alerts. */
export const slo: RuleGroup = {
  name: "slo",
  records: [...sloStates(), ...sloRecords(windows.short)],
  rules: slos.flatMap((one) => burnsOf(one).map((burn) => burnAlert(one, burn))),
};

/** Objectives over days: they read so many samples that they are computed less often. */
export const sloDays: RuleGroup = { name: "slo-days", intervalSeconds: 60, records: sloRecords(windows.long), rules: [] };
