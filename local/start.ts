import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import pc from "picocolors";
import { elapsed, step } from "./progress.ts";
import { prepare } from "./prepare.ts";
import { run } from "./run.ts";
import { readSecret } from "./stack/backend.ts";
import { deploy, readOutputs } from "./stack/deploy.ts";
import { stackEnvironment } from "./stack/environment.ts";
import { type Accuracy, ForecastApi } from "./stack/forecast-job.ts";

const HELP = `npm start [-- --context NAME --image REFERENCE]

Sets everything up and runs a forecast: cluster, images, pulumi up, sample
catalogue, forecast run. Can be repeated at any time.
  --context NAME  use the Kubernetes of this kubeconfig context instead of the
                  embedded cluster; its nodes pull the official images, and
  --image REF     the service's own, which you have pushed to a registry
                  (docker build -f app/Dockerfile)
`;

const seconds = (milliseconds: number | null): string => `${((milliseconds ?? 0) / 1000).toFixed(1)} s`;
const percent = (value: number | null): string => (value === null ? "-" : `${value.toFixed(1)} %`);

/** Prints a run's accuracy: the total, the kinds of items (the real series apart), the worst items. */
function printAccuracy({ thresholds, overall, byCategory, worstItems }: Accuracy): void {
  process.stdout.write(
    `\nAccuracy over ${overall.items} items: MAPE ${percent(overall.mape)} (threshold ${thresholds.mape} %, over the ${overall.mapeItems} items where it is defined), WAPE ${percent(overall.wape)}; ${overall.maseItems} intermittent items by MASE, median ${overall.medianMase?.toFixed(2) ?? "-"}\n`,
  );
  process.stdout.write(`\n${pc.bold("Items".padEnd(18))} ${pc.bold("count".padStart(5))} ${pc.bold("MAPE".padStart(9))} ${pc.bold("WAPE".padStart(9))} ${pc.bold("MASE".padStart(6))}\n`);
  for (const [category, { items, mape, wape, medianMase }] of Object.entries(byCategory).sort(([one], [other]) => one.localeCompare(other))) {
    process.stdout.write(`${category.padEnd(18)} ${String(items).padStart(5)} ${percent(mape).padStart(9)} ${percent(wape).padStart(9)} ${(medianMase?.toFixed(2) ?? "-").padStart(6)}\n`);
  }
  process.stdout.write("\nWorst items by MAPE\n");
  for (const { sku, category, model, mape } of worstItems.byMape.slice(0, 5)) {
    process.stdout.write(`  ${sku.padEnd(14)} ${(category ?? "").padEnd(16)} ${model.padEnd(24)} ${percent(mape).padStart(9)}\n`);
  }
}

function printTable(outputs: Readonly<Record<string, unknown>>): void {
  const url = (name: string): string => {
    const value = outputs[name];
    return typeof value === "string" && value !== "" ? value : "off";
  };
  const rows = [
    ["forecast service", url("serviceUrl"), "Authorization: Bearer <service token>"],
    ["Prometheus", url("prometheusUrl"), "none"],
    ["Alertmanager", url("alertmanagerUrl"), "none"],
    ["Grafana", url("grafanaUrl"), url("grafanaUrl") === "off" ? "its image needs a registry" : "admin"],
  ];
  process.stdout.write(`\n${pc.bold("What runs".padEnd(18))} ${pc.bold("URL".padEnd(28))} ${pc.bold("Login")}\n`);
  for (const [what = "", where = "", login = ""] of rows) process.stdout.write(`${what.padEnd(18)} ${where.padEnd(28)} ${login}\n`);
  const namespace = String(outputs["namespace"]);
  const commands: readonly (readonly [string, string])[] = [
    ['eval "$(npx forecastctl env)"', "give this shell pulumi and kubectl for the cluster"],
    ["kubectl get pods -A", "see what runs"],
    [`curl -s ${url("serviceUrl")}/api/health`, "ask the service how it is"],
    ["pulumi preview --stack dev", "see that nothing is left to change"],
    [`kubectl -n ${namespace} logs -l app.kubernetes.io/component=worker`, "read what the workers did"],
  ];
  process.stdout.write(`\n${pc.bold("Try next")}\n`);
  for (const [command, why] of commands) process.stdout.write(`  ${command.padEnd(66)} ${pc.dim(why)}\n`);
  process.stdout.write(`\nService token: pulumi -C "$FORECAST_STACK_HOME/pulumi/forecast-stack-secrets" stack output serviceToken --stack dev --show-secrets\n`);
}

interface OtherCluster {
  readonly context: string;
  readonly image: string;
}

/** Settings and kubeconfig that point the dev stack at a cluster the user has. */
async function otherCluster({ context, image }: OtherCluster): Promise<{ readonly config: readonly string[]; readonly kubeconfig: string }> {
  const node = await run("kubectl", ["--context", context, "get", "nodes", "-o", "jsonpath={.items[0].status.addresses[?(@.type=='InternalIP')].address}"]);
  return {
    config: [
      `kubernetes:context=${context}`,
      "forecast-stack:imageSource=registry",
      `forecast-stack:images.forecast-service=${image}`,
      `forecast-stack:nodeAddress=${node}`,
      "forecast-stack:monitoring.discovery=kubernetes",
      "forecast-stack:monitoring.kubeletPort=10250",
    ],
    kubeconfig: process.env["KUBECONFIG"] ?? join(homedir(), ".kube", "config"),
  };
}

async function start(other: OtherCluster | undefined): Promise<void> {
  await prepare(other === undefined);
  const settings = other === undefined ? undefined : await otherCluster(other);
  // The dev stack of this machine is meant, whatever backend and cluster the shell is set to.
  Object.assign(process.env, stackEnvironment(process.env["PATH"] ?? "", settings?.kubeconfig));
  await step("pulumi up --stack dev", (note) => deploy({ stack: "dev", config: settings?.config ?? [] }, note));
  const outputs = await readOutputs("dev");
  const api = new ForecastApi(String(outputs["serviceUrl"]), await readSecret("dev", "serviceToken"));
  await step("Sample catalogue", async (note) => {
    note("waiting for the service");
    await api.ready();
    note("importing");
    return `${await api.importSample()} items`;
  });
  let accuracy: Accuracy | undefined;
  await step("Forecast run", async (note) => {
    let reported = 0;
    const result = await api.forecast(({ batchesDone, batchesTotal, elapsedMs, peakMemoryPercent }) => {
      const line = `batch ${batchesDone}/${batchesTotal}, memory ${percent(peakMemoryPercent)}, ${seconds(elapsedMs)}`;
      note(line);
      if (batchesDone > reported && !process.stdout.isTTY) process.stdout.write(`  ${line}\n`);
      reported = batchesDone;
    });
    accuracy = result.accuracy;
    const { itemsTotal, batchesTotal, elapsedMs, peakMemoryPercent } = result.run.progress;
    return `${itemsTotal} items in ${batchesTotal} batches, ${seconds(elapsedMs)}, memory at most ${percent(peakMemoryPercent)}`;
  });
  if (accuracy !== undefined) printAccuracy(accuracy);
  printTable(outputs);
  process.stdout.write(`\n${pc.green("Ready")} after ${elapsed()}.\n`);
}

const { values } = parseArgs({ options: { context: { type: "string" }, image: { type: "string" }, help: { type: "boolean", default: false } }, strict: false });
const { context, image } = values;
if (values.help === true) {
  process.stdout.write(HELP);
} else if ((typeof context === "string") !== (typeof image === "string")) {
  process.stderr.write(`--context and --image go together.\n\n${HELP}`);
  process.exitCode = 2;
} else {
  try {
    await start(typeof context === "string" && typeof image === "string" ? { context, image } : undefined);
  } catch (error) {
    process.stderr.write(`\n${pc.red("npm start stopped:")} ${error instanceof Error ? error.message : String(error)}\nMend it and run npm start again: what is done stays done.\n`);
    process.exitCode = 1;
  }
}
