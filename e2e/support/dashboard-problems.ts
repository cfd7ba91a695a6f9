import { checkDashboards } from "@forecast-stack/dashboards/check/check-dashboards.ts";
import { dashboardFiles } from "@forecast-stack/dashboards/dashboard-json.ts";
import { until } from "@forecast-stack/local/cluster/until.ts";
import { Load } from "./load.ts";
import type { TestStack } from "./test-stack.ts";

/** Prometheus knows a rate after two scrapes, a recorded share after another evaluation. */
const SETTLING = 330_000;

/** What users of a stack do, so that every panel has something to show. */
const ROUTES = ["/api/items?limit=5", "/api/inventory?limit=5", "/api/forecasts?limit=5"];

/**
 * Puts a stack that has forecast under traffic, has a backup made, and asks its
 * Prometheus what the dashboards ask until all of them draw.
 *
 * @returns what does not draw after that, one sentence each
 */
export async function dashboardProblems(stack: TestStack, serviceUrl: string, token: string): Promise<string[]> {
  await stack.kubectl(["create", "job", "dashboards-backup", "--from=cronjob/backup"]);
  const loads = ROUTES.map((route) => new Load(serviceUrl + route, 2, token));
  const prometheus = { url: await stack.serviceUrl("prometheus", 9090) };
  let problems: string[] = [];
  try {
    await until("every panel to draw", SETTLING, async () => {
      problems = await checkDashboards(dashboardFiles().values(), stack.namespace, prometheus);
      if (problems.length > 0) throw new Error(`${problems.length} problems`);
    });
  } catch {
    // The problems themselves say more than that time ran out.
  } finally {
    await Promise.all(loads.map((load) => load.stop()));
  }
  return problems;
}
