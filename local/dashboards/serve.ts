import { once } from "node:events";
import { parseArgs } from "node:util";
import { bundlePage } from "@forecast-stack/dashboards/viewer/bundle.ts";
import { createViewer } from "@forecast-stack/dashboards/viewer/server.ts";
import { step } from "../progress.ts";
import { findPrometheus, NoPrometheusError } from "./find-prometheus.ts";

const HELP = `npm run dashboards [-- OPTION...]

Draws every dashboard with Grafana's own components, from a Prometheus, for a
browser on this machine.

  --stack NAME       whose Prometheus in the embedded cluster (default: dev)
  --prometheus URL   any other Prometheus instead
  --port PORT        where to serve (default: 3300)

For example: npm run dashboards -- --prometheus http://127.0.0.1:9090

Exit codes: 0 stopped with Ctrl-C, 64 wrong option, 69 no Prometheus, 1 anything else.
`;

const options = { stack: { type: "string", default: "dev" }, prometheus: { type: "string" }, port: { type: "string", default: "3300" }, help: { type: "boolean", default: false } } as const;

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  if (values.help) return void process.stdout.write(HELP);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new TypeError(`--port ${values.port} is no port: give a number from 1 to 65535.`);
  const prometheus = await findPrometheus(values.stack, values.prometheus);
  const server = createViewer(prometheus, await step("Page bundled", bundlePage));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  process.stdout.write(`Dashboards from ${prometheus}: http://127.0.0.1:${port}/  (Ctrl-C stops)\n`);
}

main().catch((error: unknown) => {
  if (!(error instanceof Error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof NoPrometheusError ? 69 : error instanceof TypeError ? 64 : 1;
});
