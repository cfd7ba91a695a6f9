import { CommandError, run } from "@forecast-stack/local/run.ts";
import { Command } from "commander";
import pc from "picocolors";
import { z } from "zod";
import { endpointAt } from "./alerts/alertmanager.ts";
import { contextOf } from "./rollback/cluster.ts";
import { ReleaseError } from "./releases/release-error.ts";
import { ReleaseHistory } from "./releases/release-history.ts";
import { printTable } from "./table.ts";

const status = z.enum(["healthy", "degraded", "unhealthy"]);
const healthSchema = z.object({
  status,
  version: z.string(),
  reasons: z.array(z.string()).default([]),
  checkedAt: z.iso.datetime().nullable(),
  checks: z.array(z.object({ name: z.string(), status, message: z.string(), values: z.record(z.string(), z.number().nullable()) })),
});
const outputsSchema = z.object({ serviceUrl: z.url() });

/** What `/api/health` says that this command shows. */
export type ServiceHealth = z.infer<typeof healthSchema>;

/** Exit codes; the metric inventory_forecasting_health_status counts the other way, 2 for healthy. */
export const exitCodes = { healthy: 0, degraded: 1, unhealthy: 2 } as const;

/** `forecastctl health`: whether the service of a stack is well, and what is wrong with it. */
export function healthCommand(): Command {
  return new Command("health")
    .description("Show the health of a stack's service and what its checks found.")
    .argument("[stack]", "the stack", "dev")
    .option("--json", "print what the service says as JSON instead")
    .addHelpText("after", "\nExit codes: 0 healthy, 1 degraded, 2 unhealthy, no answer or no such stack. (The metric inventory_forecasting_health_status counts\nthe other way: 2 healthy, 1 degraded, 0 unhealthy.)\n\nExamples:\n  forecastctl health\n  forecastctl health production --json | jq .reasons")
    .action(async (stack: string, { json }: { json?: true }) => {
      try {
        const health = await readHealth(stack);
        if (json === true) process.stdout.write(`${JSON.stringify(health, undefined, 2)}\n`);
        else printHealth(stack, health);
        process.exitCode = exitCodes[health.status];
      } catch (error) {
        if (!(error instanceof ReleaseError || error instanceof CommandError)) throw error;
        process.stderr.write(`${error.message}\n`);
        process.exitCode = exitCodes.unhealthy;
      }
    });
}

async function readHealth(stack: string): Promise<ServiceHealth> {
  const outputs = outputsSchema.safeParse(JSON.parse(await run("pulumi", ["stack", "output", "--json", "--stack", stack, "--non-interactive"])));
  if (!outputs.success) throw new ReleaseError(`The stack ${stack} names no service: deploy it first.`);
  const newest = (await new ReleaseHistory(stack).updates()).at(-1);
  const endpoint = endpointAt(outputs.data.serviceUrl, newest === undefined ? undefined : contextOf(newest.entry));
  const answer = await endpoint.request("GET", "/api/health/report").catch((error: unknown) => {
    throw new ReleaseError(`The service of the stack ${stack} does not answer: ${error instanceof Error ? error.message : String(error)}`);
  });
  const health = healthSchema.safeParse(answer);
  if (!health.success) throw new ReleaseError(`The service of the stack ${stack} does not say how it is: its release is older than this forecastctl.`);
  return health.data;
}

const colours = { healthy: pc.green, degraded: pc.yellow, unhealthy: pc.red } as const;

function printHealth(stack: string, { status: overall, version, reasons, checkedAt, checks }: ServiceHealth): void {
  process.stdout.write(`${stack}: ${colours[overall](overall.toUpperCase())}, version ${version}\n`);
  for (const reason of reasons) process.stdout.write(`  ${reason}\n`);
  if (checkedAt === null) {
    process.stdout.write("\nThe health job has not looked yet; it does every five minutes.\n");
    return;
  }
  process.stdout.write(`\nChecked ${checkedAt.slice(0, 19).replace("T", " ")} UTC\n`);
  printTable(["check", "status", "finding"], checks.map((check) => [check.name, check.status, check.message]));
}
