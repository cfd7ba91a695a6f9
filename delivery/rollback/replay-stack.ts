import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EngineEvent, LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";
import type { Deployment } from "../releases/checkpoint.ts";
import { PROJECT } from "../releases/release-history.ts";
import type { HistoryEntry } from "../releases/update.ts";

/**
 * Opens a stack with a program of this process in place of its source, and with
 * the settings of a recorded update, so that the replay is recorded as that
 * update was. Call `close` to delete the folder that the CLI works in.
 */
export async function openStack(stackName: string, { config }: HistoryEntry, deployment: Deployment, program: () => Promise<Record<string, unknown>>): Promise<{ stack: Stack; close: () => Promise<void> }> {
  const workDir = await mkdtemp(join(tmpdir(), "forecast-rollback-"));
  const salt = deployment.secrets_providers?.state?.["salt"];
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName, projectName: PROJECT, program },
    {
      workDir,
      projectSettings: { name: PROJECT, runtime: "nodejs" },
      // What was changed by hand belongs to whoever changed it; without this the API server refuses to put it back.
      envVars: { PULUMI_K8S_ENABLE_PATCH_FORCE: "true" },
      stackSettings: { [stackName]: { config: { ...config }, ...(typeof salt === "string" ? { encryptionSalt: salt } : {}) } },
    },
  );
  return { stack, close: () => rm(workDir, { recursive: true, force: true }) };
}

/** What a replay does, or would do, to one resource. */
export interface Step {
  readonly urn: string;
  readonly type: string;
  readonly operation: "unchanged" | "updated" | "replaced" | "created" | "deleted";
  /** The input properties that differ, by path. */
  readonly properties: readonly string[];
}

/** Collects the steps of a preview or an update from the events of Pulumi's engine. */
export class StepCollector {
  readonly #steps = new Map<string, Step>();

  readonly onEvent = (event: EngineEvent): void => {
    const metadata = event.resourcePreEvent?.metadata;
    if (metadata === undefined) return;
    const operation = operations[metadata.op];
    if (operation === undefined) return;
    const properties = Object.keys(metadata.detailedDiff ?? {});
    const known = this.#steps.get(metadata.urn);
    // A replacement comes as several events: creating the new, replacing, deleting the old.
    if (known?.operation === "replaced") return;
    this.#steps.set(metadata.urn, { urn: metadata.urn, type: metadata.type, operation, properties });
  };

  get steps(): Step[] {
    return [...this.#steps.values()];
  }
}

const operations: Readonly<Record<string, Step["operation"] | undefined>> = {
  same: "unchanged",
  update: "updated",
  replace: "replaced",
  "create-replacement": "replaced",
  "delete-replaced": "replaced",
  create: "created",
  delete: "deleted",
  "discard-replaced": "deleted",
};
