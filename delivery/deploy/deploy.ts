import { deploy as update, readOutputs } from "@forecast-stack/local/stack/deploy.ts";
import { ForecastApi } from "@forecast-stack/local/stack/forecast-job.ts";
import { readSecret } from "@forecast-stack/local/stack/backend.ts";
import { prepare } from "@forecast-stack/local/prepare.ts";
import { run } from "@forecast-stack/local/run.ts";
import { compareVersions, readMigrationHeader } from "@forecast-stack/migrations/migration-header.ts";
import { z } from "zod";
import { endpointAt } from "../alerts/alertmanager.ts";
import { backUpFirst } from "../backup/back-up-first.ts";
import { newestRelease, placeIn } from "../backup/stack-place.ts";
import { contractObstacles, type WindowRelease } from "../migrations/contract-obstacles.ts";
import { readSources } from "../migrations/lint.ts";
import { migrationsFolder, problemsOf } from "../migrations/migrate-command.ts";
import { type RecordedMigration, recordedMigrations } from "../migrations/recorded-migrations.ts";
import { type PlannedResource, plannedResources } from "../policy/planned-resource.ts";
import { violations } from "../policy/policies.ts";
import { acknowledge } from "../releases/quarantine.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { fingerprintOf, PROJECT, type ReadRelease, ReleaseHistory } from "../releases/release-history.ts";
import { contextOf, kubeConfig } from "../rollback/cluster.ts";
import { freeAbandonedLock } from "../rollback/lock.ts";
import { throughTunnel } from "../service-tunnel.ts";
import { previewProblems } from "./preview-problems.ts";

type Note = (message: string) => void;

/** What `pulumi config --json` prints; a secret has no value there. */
const configSchema = z.record(z.string(), z.object({ value: z.string().optional() }));

/** What a deploy is asked to do. */
export interface DeployRequest {
  readonly stack: string;
  /** Said of the release; undefined: what the last commit says. */
  readonly message: string | undefined;
  /** Resources that may be deleted or replaced although they hold data. */
  readonly allow: readonly string[];
  /** How many releases must stay possible to go back to. */
  readonly window: number;
  /** Deploy again what was rolled back from. */
  readonly acknowledge: boolean;
  /** Load the sample catalogue at the end. */
  readonly testData: boolean;
}

/** What an update would do, found out without changing anything. */
export interface DeployPlan {
  readonly resources: readonly PlannedResource[];
  /** Versions of the migrations that would be applied. */
  readonly migrations: readonly string[];
  /** Why it must not be done. */
  readonly obstacles: readonly string[];
}

/** The steps of a deploy, each by itself; forecastctl deploy runs them in this order. */
export class Deploy {
  readonly #request: DeployRequest;

  constructor(request: DeployRequest) {
    this.#request = request;
  }

  /** What is asked for may be done, and programs, stack, cluster and the files of the migrations are as they must be. */
  async prerequisites(note: Note): Promise<string> {
    const { stack, testData } = this.#request;
    note("pulumi and the stack");
    if (testData && (await environmentOf(stack)) === "production") throw new ReleaseError("Test data is never loaded into production: leave --test-data out. Nothing was changed.");
    await freeAbandonedLock(stack);
    const pulumi = (await run("pulumi", ["version"])).trim();
    await run("pulumi", ["stack", "--stack", stack, "--show-name", "--non-interactive"]);
    note("the cluster");
    await run("kubectl", ["get", "--raw", "/readyz", "--request-timeout=10s"]);
    note("the migrations");
    const problems = await problemsOf(stack);
    if (problems.length > 0) throw new ReleaseError(`The migrations are not fit to be deployed (forecastctl migrate lint):\n${problems.map(({ file, message }) => `  ${file}: ${message}`).join("\n")}`);
    return `node ${process.version}, pulumi ${pulumi}`;
  }

  /** Builds the service's bundle and image for the embedded cluster; elsewhere the pipeline or Pulumi's Docker provider does. */
  async build(): Promise<void> {
    await prepare(true);
  }

  /** Previews the update and judges it. */
  async plan(note: Note): Promise<DeployPlan> {
    const { stack, allow, window } = this.#request;
    if (this.#request.acknowledge) await this.#acknowledgeQuarantined(note);
    note("previewing");
    const json = await run("pulumi", ["preview", "--json", "--stack", stack, "--non-interactive"]).catch((error: unknown) => {
      throw new ReleaseError(`Pulumi cannot preview the update; nothing was changed.\n${previewProblems(error).map((problem) => `  ${problem}\n`).join("")}`);
    });
    const resources = plannedResources(json);
    const migrations = await migrationsOfCheckout();
    note("checking the policies");
    const releases = await this.#window(window);
    const applied = new Set(releases.at(-1)?.migrations.map(({ version }) => version));
    const pending = migrations.filter(({ version }) => !applied.has(version));
    const obstacles = [...violations(resources, allow).map(({ rule, resource, message }) => `${resource}: ${message} (${rule}).`), ...contractObstacles(pending, releases)];
    return { resources, migrations: pending.map(({ version }) => version), obstacles };
  }

  /** Backs the database up, where there is one and the stack makes backups. */
  async backup(note: Note): Promise<string> {
    const release = await newestRelease(this.#request.stack).catch(() => undefined);
    if (release === undefined) return "skipped: there is no database yet";
    const place = placeIn(release.deployment, contextOf(release.update.entry));
    return (await backUpFirst(release.deployment, place, "before-deploy", note)) ?? "skipped: this stack's backups are made by whoever runs its Postgres";
  }

  /** Migrations first, then every component, each waited for. */
  async update(note: Note): Promise<string> {
    const { stack, message } = this.#request;
    return update({ stack, ...(message === undefined ? {} : { message }) }, note).catch((error: unknown) => {
      throw new ReleaseError(`${error instanceof Error ? error.message : String(error)}\nforecastctl rollback --stack ${stack} goes back to the newest release.`, { cause: error });
    });
  }

  /** Asks the service itself: health with everything it rests on, and the page of its API. */
  async healthChecks(note: Note): Promise<string> {
    const { stack } = this.#request;
    const release = await newestRelease(stack);
    const outputs = await readOutputs(stack);
    const service = endpointAt(String(outputs["serviceUrl"]), release === undefined ? undefined : contextOf(release.update.entry));
    note("/api/health");
    const health = (await service.request("GET", "/api/health").catch((error: unknown) => {
      throw new ReleaseError(`The service does not answer: ${error instanceof Error ? error.message : String(error)}. forecastctl rollback --stack ${stack} goes back.`, { cause: error });
    })) as { readonly status?: unknown };
    if (health.status === "unhealthy") throw new ReleaseError(`The service says that it is unhealthy: ${JSON.stringify(health)}. forecastctl rollback --stack ${stack} goes back.`);
    note("/api/openapi.json");
    const document = (await service.request("GET", "/api/openapi.json")) as { readonly paths?: object };
    return `${String(health.status)}, ${Object.keys(document.paths ?? {}).length} paths in the API's documentation`;
  }

  /** Imports the sample catalogue. */
  async testData(): Promise<string> {
    const { stack } = this.#request;
    const { update: newest, deployment } = await this.release();
    const { context, namespace } = placeIn(deployment, contextOf(newest.entry));
    const token = await readSecret(stack, "serviceToken");
    return throughTunnel(kubeConfig(context), namespace, async (origin) => `${await new ForecastApi(origin, token).importSample()} items`);
  }

  /** The release that this deploy made, or the one that was there when nothing changed. */
  async release(): Promise<ReadRelease> {
    const release = await newestRelease(this.#request.stack);
    if (release === undefined) throw new ReleaseError(`The stack ${this.#request.stack} has no release: its update changed nothing.`);
    return release;
  }

  async #window(count: number): Promise<WindowRelease[]> {
    const history = new ReleaseHistory(this.#request.stack);
    const updates = await history.updates().catch((error: unknown) => {
      if (error instanceof ReleaseError) return [];
      throw error;
    });
    const releases = updates.filter(({ release }) => release !== null).slice(-count);
    return Promise.all(releases.map(async (one) => ({ release: one.release ?? 0, migrations: recordedMigrations((await history.read(one)).deployment) })));
  }

  /** The program refuses what was rolled back from, and says which release that is. */
  async #acknowledgeQuarantined(note: Note): Promise<void> {
    const { stack } = this.#request;
    note("allowing what was rolled back from");
    const refusal = await run("pulumi", ["preview", "--stack", stack, "--non-interactive"]).then(
      () => "",
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    const refused = /releases acknowledge (\d+) --stack/.exec(refusal)?.[1];
    if (refused !== undefined) await acknowledge(stack, fingerprintOf((await new ReleaseHistory(stack).release(Number(refused))).deployment));
  }
}

/** The environment that the stack's configuration names; undefined where it names none. */
async function environmentOf(stack: string): Promise<string | undefined> {
  const config = configSchema.parse(JSON.parse(await run("pulumi", ["config", "--json", "--stack", stack, "--non-interactive"])));
  return config[`${PROJECT}:environment`]?.value;
}

async function migrationsOfCheckout(): Promise<Pick<RecordedMigration, "version" | "kind" | "after">[]> {
  const sources = [...(await readSources(migrationsFolder))].filter(([file]) => file.startsWith("V"));
  return sources
    .map(([file, sql]) => ({ version: file.slice(1, file.indexOf("__")), ...(readMigrationHeader(sql) ?? ({ kind: "expand", after: null } as const)) }))
    .sort((one, other) => compareVersions(one.version, other.version));
}
