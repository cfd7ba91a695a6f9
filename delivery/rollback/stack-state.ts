import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { run } from "@forecast-stack/local/run.ts";
import { z } from "zod";
import { type Deployment, deploymentSchema } from "../releases/checkpoint.ts";
import type { ReadRelease } from "../releases/release-history.ts";
import { openStack } from "./replay-stack.ts";

const exportSchema = z.object({ deployment: deploymentSchema });

/**
 * What Pulumi knows of the stack now: also what an update left that failed or
 * was cut off. Its secrets are open, whatever they were sealed with, and stay in
 * this process.
 *
 * @param release one of the stack, for its settings
 */
export async function readToday(stackName: string, { update, deployment }: ReadRelease): Promise<Deployment> {
  const { stack, close } = await openStack(stackName, update.entry, deployment, () => Promise.resolve({}));
  try {
    return exportSchema.parse(await stack.exportStack()).deployment;
  } finally {
    await close();
  }
}

/** The same as it is stored, its secrets sealed: what may be given back to Pulumi. */
export async function exportSealed(stack: Stack): Promise<Deployment> {
  return exportSchema.parse(JSON.parse(await pulumi(stack, ["stack", "export"]))).deployment;
}

/** Makes Pulumi take this for the stack's state. Nothing of it is written to a file on the way, as the Automation API's own import would. */
export async function importSealed(stack: Stack, deployment: Deployment): Promise<void> {
  await pulumi(stack, ["stack", "import"], JSON.stringify({ version: 3, deployment }));
}

async function pulumi({ name, workspace }: Stack, args: readonly string[], input?: string): Promise<string> {
  return run("pulumi", [...args, "--stack", name, "--non-interactive"], { cwd: workspace.workDir, ...(input === undefined ? {} : { input }) });
}
