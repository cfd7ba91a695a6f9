import { parseArgs } from "node:util";
import { checkDashboards } from "@forecast-stack/dashboards/check/check-dashboards.ts";
import { GrafanaError, grafanaVersion, importDashboard, prometheusBehind } from "@forecast-stack/dashboards/check/grafana-api.ts";
import { dashboardFiles } from "@forecast-stack/dashboards/dashboard-json.ts";
import { step } from "../progress.ts";

const HELP = `GRAFANA_TOKEN=... npm run dashboards:import -- --grafana URL [OPTION...]

Imports every dashboard into a Grafana through its API, reads each back, and has
Grafana ask its Prometheus what every panel, variable and annotation asks.

  --grafana URL      such as https://grafana.example.com
  --namespace NAME   the environment to look at (default: forecast-dev)
  --runbooks URL     where the runbooks are published, before the file name

The token is one of a service account that may write dashboards (role Editor).
For example: GRAFANA_TOKEN="$(cat token)" npm run dashboards:import -- --grafana http://127.0.0.1:3000

Exit codes: 0 all imported and drawn, 1 something is not (each is named), 64 wrong option, 69 no Grafana.
`;

const options = { grafana: { type: "string" }, namespace: { type: "string", default: "forecast-dev" }, runbooks: { type: "string", default: "" }, help: { type: "boolean", default: false } } as const;

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  if (values.help) return void process.stdout.write(HELP);
  const token = process.env["GRAFANA_TOKEN"];
  if (values.grafana === undefined || !URL.canParse(values.grafana)) throw new TypeError("Name the Grafana: --grafana https://grafana.example.com.");
  if (token === undefined || token === "") throw new TypeError("Put a token of a service account into GRAFANA_TOKEN: in an argument, everybody on the machine could read it.");
  const grafana = { url: values.grafana.replace(/\/+$/, ""), token };
  await step("Grafana", async () => `version ${await grafanaVersion(grafana)}`);
  const dashboards = [...dashboardFiles(values.runbooks).values()];
  for (const dashboard of dashboards) await step(dashboard.title, () => importDashboard(grafana, dashboard));
  const problems = await step("Every panel, variable and annotation asked", () => checkDashboards(dashboards, values.namespace, prometheusBehind(grafana)));
  for (const problem of problems) process.stdout.write(`  ${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  if (!(error instanceof Error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof GrafanaError ? 69 : error instanceof TypeError ? 64 : 1;
});
