import { parseArgs } from "node:util";
import { flagConfigMaps } from "@forecast-stack/flags/config-maps.ts";
import { until } from "@forecast-stack/local/cluster/until.ts";
import { forecastctl } from "../e2e/support/forecastctl.ts";
import { ReleaseLine } from "../e2e/support/release-line.ts";
import { stackEnvironment } from "../local/stack/environment.ts";
import { spread, table } from "./report.ts";

// The three ways back, each from the command to its end, on a stack of its own
// that is otherwise idle: a flag, the service's code alone, the whole stack.
// --repeats N makes less of it.

const { values: given } = parseArgs({ allowPositionals: true, options: { repeats: { type: "string", default: "5" } } });
const REPEATS = Number(given.repeats);
const NAME = "bench-rollback";

Object.assign(process.env, stackEnvironment(process.env["PATH"] ?? ""));
const line = await ReleaseLine.begin(NAME);
try {
  process.stderr.write("… a second release to come back from\n");
  await line.release("image", "replicas", "rule", "dashboard", "new component");
  const times = { flag: [] as number[], code: [] as number[], stack: [] as number[] };
  for (let round = 0; round < REPEATS; round += 1) {
    process.stderr.write(`… the three ways, ${round + 1} of ${REPEATS}\n`);
    times.flag.push(await seconds(() => turnOff(round % 2 === 0 ? "false" : "true")));
    times.code.push(await seconds(() => goTo(1, "--only", "forecast-service")));
    // Back to where the round began; not counted.
    await goTo(2);
    times.stack.push(await seconds(() => goTo(1)));
    await goTo(2);
  }
  table(
    ["way back", "from the command to its end"],
    [
      ["a flag, until every process of the service answers by it", spread(times.flag, "s")],
      ["the code alone: `rollback --only forecast-service`", spread(times.code, "s")],
      ["the stack: `rollback`", spread(times.stack, "s")],
    ],
  );
} finally {
  await line.remove();
}
process.exit(0);

async function seconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
}

async function goTo(release: number, ...options: readonly string[]): Promise<void> {
  const { code, output } = await forecastctl(["rollback", "--stack", NAME, "--to", String(release), "--yes", ...options]);
  if (code !== 0) throw new Error(output);
}

/** As people do it: by kubectl. */
async function turnOff(value: string): Promise<void> {
  // A pod of the release before may be on its way out.
  const before = await until("every process to tell its flags", 60_000, revisions);
  await line.stack.kubectl(["patch", "configmap", flagConfigMaps.overrides, "--type=merge", "--patch", JSON.stringify({ data: { CROSS_DOCK_ENABLED: value } })]);
  await until("every process to answer by the flag", 60_000, async () => {
    const now = await revisions();
    if (new Set(now).size > 1 || now.some((revision) => before.includes(revision))) throw new Error(`they answer by ${now.join(", ")}`);
  });
}

/** The revision of the flags by which each process of the service answers. */
async function revisions(): Promise<string[]> {
  const addresses = (await line.stack.kubectl(["get", "pods", "--selector", "app.kubernetes.io/component in (api, worker)", "--field-selector", "status.phase=Running", "-o", "jsonpath={.items[*].status.podIP}"])).split(" ");
  return Promise.all(addresses.map(async (address) => ((await (await fetch(`http://${address}:4000/health/live`)).json()) as { flags: string }).flags));
}
