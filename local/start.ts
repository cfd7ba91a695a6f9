import { homedir } from "node:os";
import { join } from "node:path";
import pc from "picocolors";
import { elapsed, step } from "./progress.ts";
import { prepare } from "./prepare.ts";
import { readSecret } from "./stack/backend.ts";
import { deploy, type DeployOptions, readOutputs } from "./stack/deploy.ts";
import { type AccuracySummary, ForecastApi } from "./stack/forecast-job.ts";

const HELP = `npm start [-- --context NAME]

Sets everything up and runs a forecast: cluster, images, pulumi up, sample
catalogue, forecast run. Can be repeated at any time.
  --context NAME  use the Kubernetes of this kubeconfig context instead of the
                  embedded cluster; its nodes pull the official images
`;

/** Prints a run's accuracy as a person reads it: the summary and the worst items. */
function printAccuracy({ summary, worstItems }: AccuracySummary): void {
  const percent = (value: number | null): string => (value === null ? "undefined" : `${value.toFixed(1)} %`);
  const ratio = (value: number | null): string => (value === null ? "undefined" : value.toFixed(2));
  process.stdout.write(
    `\nAccuracy of ${summary.items} items: MAPE ${percent(summary.mape)} (over the ${summary.itemsWithMape} where it is defined), WAPE ${percent(summary.wape)}, MASE ${ratio(summary.mase)}\n`,
  );
  process.stdout.write(`Worst items:\n`);
  for (const { sku, model, mape, mase } of worstItems.slice(0, 5)) {
    process.stdout.write(`  ${sku.padEnd(24)} ${model.padEnd(22)} MAPE ${percent(mape).padStart(10)}  MASE ${ratio(mase)}\n`);
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

/** Settings and kubeconfig that point the dev stack at a cluster the user has. */
function otherCluster(context: string): Pick<DeployOptions, "config" | "kubeconfig"> {
  return {
    config: [`kubernetes:context=${context}`, "forecast-stack:imageSource=registry"],
    kubeconfig: process.env["KUBECONFIG"] ?? join(homedir(), ".kube", "config"),
  };
}

async function start(context: string | undefined): Promise<void> {
  await prepare(context);
  await step("pulumi up --stack dev", (note) =>
    deploy({ stack: "dev", ...(context === undefined ? {} : otherCluster(context)) }, note),
  );
  const outputs = await readOutputs("dev");
  const api = new ForecastApi(String(outputs["serviceUrl"]), await readSecret("dev", "serviceToken"));
  await step("Sample catalogue", async (note) => {
    note("waiting for the service");
    await api.ready();
    note("importing");
    return `${await api.importSample()} items`;
  });
  let accuracy: AccuracySummary | undefined;
  await step("Forecast run", async (note) => {
    let reported = 0;
    const result = await api.forecast(({ batches, elapsedMs, peakMemoryPercent }) => {
      const line = `batch ${batches.completed}/${batches.total}, memory ${peakMemoryPercent?.toFixed(0) ?? "?"} %, ${(elapsedMs / 1000).toFixed(1)} s`;
      note(line);
      if (batches.completed > reported && !process.stdout.isTTY) process.stdout.write(`  ${line}\n`);
      reported = batches.completed;
    });
    accuracy = result.accuracy;
    return `${result.run.items.total} items in ${result.run.batches.total} batches, ${(result.run.elapsedMs / 1000).toFixed(1)} s, memory at most ${result.run.peakMemoryPercent?.toFixed(0) ?? "?"} %`;
  });
  if (accuracy !== undefined) printAccuracy(accuracy);
  printTable(outputs);
  process.stdout.write(`\n${pc.green("Ready")} after ${elapsed()}.\n`);
}

const args = process.argv.slice(2);
if (args.includes("--help")) {
  process.stdout.write(HELP);
} else {
  const position = args.indexOf("--context");
  try {
    await start(position < 0 ? undefined : args[position + 1]);
  } catch (error) {
    process.stderr.write(`\n${pc.red("npm start stopped:")} ${error instanceof Error ? error.message : String(error)}\nMend it and run npm start again: what is done stays done.\n`);
    process.exitCode = 1;
  }
}
