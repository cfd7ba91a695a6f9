import type { DashboardJson } from "../dashboard-json.ts";
import { judgeValues } from "./judge-values.ts";
import { askLabel, askNow, askRange, type PrometheusAddress, QueryError } from "./prometheus-api.ts";
import { type Question, questionsOf } from "./questions.ts";

/** How far back graphs are looked at, and how closely, in seconds. */
const GRAPH = { seconds: 600, step: 60 };

/**
 * Asks a Prometheus everything that dashboards ask, for one namespace.
 *
 * @returns one sentence for each panel, variable and annotation that would not draw; none when all do
 */
export async function checkDashboards(dashboards: Iterable<DashboardJson>, namespace: string, prometheus: PrometheusAddress): Promise<string[]> {
  const problems: string[] = [];
  for (const question of [...dashboards].flatMap((dashboard) => questionsOf(dashboard, namespace))) {
    const problem = await problemOf(question, prometheus).catch((error: unknown) => {
      if (error instanceof QueryError) return `is refused: ${error.message}`;
      throw error;
    });
    if (problem !== undefined) problems.push(`${question.where} ${problem}`);
  }
  return problems;
}

async function problemOf(question: Question, prometheus: PrometheusAddress): Promise<string | undefined> {
  if (question.kind === "label") {
    const offered = await askLabel(prometheus, question.selector, question.label);
    const { offers } = question;
    if (offers === undefined) return offered.length > 0 ? undefined : "offers nothing.";
    return offered.includes(offers) ? undefined : `does not offer ${offers}, only ${offered.join(", ") || "nothing"}.`;
  }
  const { expr, instant, expect } = question;
  return judgeValues(instant ? await askNow(prometheus, expr) : await askRange(prometheus, expr, GRAPH), expect);
}
