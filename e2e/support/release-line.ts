import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { differences } from "@forecast-stack/delivery/releases/compare.ts";
import { readBegun } from "@forecast-stack/delivery/rollback/begun-rollback.ts";
import { until } from "@forecast-stack/local/cluster/until.ts";
import { readSecret } from "@forecast-stack/local/stack/backend.ts";
import { ForecastApi } from "@forecast-stack/local/stack/forecast-job.ts";
import { forecastctl, killGroup, startForecastctl } from "./forecastctl.ts";
import { Load, type LoadResult } from "./load.ts";
import { orphansOf } from "./orphans.ts";
import { buildImage, type ChangeName, changes, copyOfService, firstSettings } from "./release-changes.ts";
import { removeSources, SourceCopy, withoutSources } from "./source-copy.ts";
import { setSecrets } from "./stack-secrets.ts";
import { TestStack, type UpResult } from "./test-stack.ts";

/** A release of the line: what its source and settings were. */
interface Made {
  readonly number: number;
  readonly source: SourceCopy;
  readonly settings: Readonly<Record<string, unknown>>;
  /** What its source was given as the password of the service's role. */
  readonly password: string;
}

/** How going to a release went. */
export interface Arrival {
  /** What `forecastctl rollback --json` printed. */
  readonly report: RollbackReport;
  /** True when the first attempt was killed before its end. */
  readonly killed: boolean;
  readonly load: LoadResult | undefined;
  /** What is not as it was at that release; none when all is. */
  readonly problems: readonly string[];
}

export interface RollbackReport {
  readonly plan: {
    readonly from: number;
    readonly to: number;
    readonly notes: readonly string[];
    readonly passwords: readonly string[];
    readonly jobs: { readonly adopted: readonly string[]; readonly gone: readonly string[] };
    readonly flags: { readonly then: object; readonly today: object };
    readonly steps: readonly { readonly name: string; readonly operation: string; readonly reason: string }[];
    readonly obstacles: readonly { readonly reason: string }[];
  };
  readonly result: { readonly seconds: number; readonly compared: number; readonly mismatches: readonly unknown[]; readonly remaining: readonly unknown[]; readonly paused: readonly string[]; readonly undone: readonly string[]; readonly applied: readonly string[]; readonly told: { readonly sent: boolean } };
}

interface GoOptions {
  readonly options?: readonly string[];
  /** Send so many requests a second meanwhile, and two that write besides. */
  readonly load?: number;
  /** Kill the first attempt at this share of the time that a rollback without load took last. */
  readonly killAt?: number;
  /** After a kill, name neither the release nor an option again: what was begun is to go on by itself. */
  readonly unnamed?: boolean;
  /** False: what its source would change is not asked, which takes a preview. */
  readonly previewSource?: boolean;
}

/** What is forecast of one item in one place, and by which variant of the models. */
interface ForecastOfItem {
  readonly sku: string;
  readonly facility: string;
  readonly model: string;
  readonly dates: readonly string[];
  readonly point: readonly number[];
  readonly interval80: object;
  readonly interval95: object;
  readonly selection: { readonly served: string };
}

/** Releases of one stack, made one after the other by real changes, and the ways between them. */
export class ReleaseLine {
  readonly stack: TestStack;
  readonly #folder: string;
  readonly #made: Made[] = [];
  #url = "";
  #token = "";
  /** Release → what it forecast of the line's demand. */
  readonly #forecasts = new Map<number, readonly ForecastOfItem[]>();
  /** Seconds that the newest rollback without load took, its plan included. */
  #lastTook = 40;

  private constructor(stack: TestStack, folder: string) {
    this.stack = stack;
    this.#folder = folder;
  }

  /**
   * Makes the first release, with the sample catalogue forecast.
   *
   * @param settings of all releases, in place of those of `dev`
   */
  static async begin(name: string, settings: Readonly<Record<string, unknown>> = {}): Promise<ReleaseLine> {
    const stack = await TestStack.create(name);
    const folder = await mkdtemp(join(tmpdir(), `releases-${name}-`));
    await mkdir(join(folder, "sources"));
    const line = new ReleaseLine(stack, folder);
    await copyOfService(line.#dist);
    const draft = { stack, source: await SourceCopy.make(join(line.#sources, "1")), settings: { ...(await firstSettings()), ...settings }, dist: line.#dist };
    await buildImage(draft);
    await line.#deploy(draft);
    line.#url = await stack.serviceUrl("api", 4000);
    line.#token = await readSecret(name, "serviceToken");
    await line.api.ready();
    await line.api.importSample();
    line.#forecasts.set(line.newest.number, await line.#forecastAnew());
    return line;
  }

  get api(): ForecastApi {
    return new ForecastApi(this.#url, this.#token);
  }

  /** How many releases were made by changes. */
  get length(): number {
    return this.#made.length;
  }

  get newest(): Made {
    const newest = this.#made.at(-1);
    if (newest === undefined) throw new Error("The line has no release yet.");
    return newest;
  }

  /** Makes the next release. */
  async release(...names: readonly ChangeName[]): Promise<void> {
    const before = this.newest;
    const draft = { stack: this.stack, source: await SourceCopy.make(join(this.#sources, String(this.length + 1)), before.source.folder), settings: { ...before.settings }, dist: this.#dist };
    for (const name of names) await changes[name](draft);
    await buildImage(draft);
    await this.#deploy(draft);
    this.#forecasts.set(this.newest.number, await this.#forecastAnew());
  }

  /** An update that cannot succeed: it must leave no release. */
  async failToRelease(): Promise<UpResult> {
    const { settings, source } = this.newest;
    return this.stack.up({ ...settings, "forecast-stack:images": { "forecast-service": "forecast-stack.local/forecast-service:no-such-tag" }, "forecast-stack:readyTimeoutSeconds": 40 }, () => undefined, source.folder);
  }

  /** Deploys the source of a release again, by a plain `pulumi up`. */
  async deployAgain(number: number): Promise<UpResult> {
    const { settings, source } = this.#at(number);
    return this.stack.up(settings, () => undefined, source.folder);
  }

  /** Goes to a release without any source, and looks whether everything is as it was then. */
  async goTo(number: number, { options = [], load = 0, killAt, unnamed = false, previewSource = true }: GoOptions = {}): Promise<Arrival> {
    const args = ["rollback", "--stack", this.stack.name, "--to", String(number), "--yes", "--json", ...options];
    const loads = load > 0 ? [new Load(`${this.#url}/api/forecasts?limit=5`, load, this.#token), new Load(`${this.#url}/api/items/import`, 2, this.#token, "sku,name\nSKU-0001,Item of the load\n")] : [];
    let killed = false;
    const { code, output, took } = await withoutSources(this.#sources, async () => {
      const start = (given: readonly string[]) => ({ began: Date.now(), ...startForecastctl(given) });
      let attempt = start(args);
      if (killAt !== undefined) {
        await pause(killAt * this.#lastTook * 1_000);
        killed = await killGroup(attempt);
        // Killed while it still planned, it has begun nothing.
        const goesOn = unnamed && (await readBegun(this.stack.name)) !== undefined;
        if (killed) attempt = start(goesOn ? ["rollback", "--stack", this.stack.name, "--yes", "--json"] : args);
      }
      return { ...(await attempt.ended), took: (Date.now() - attempt.began) / 1_000 };
    });
    const results = await Promise.all(loads.map((one) => one.stop()));
    if (code !== 0) throw new Error(`forecastctl ${args.join(" ")}:\n${output}`);
    if (load === 0) this.#lastTook = took;
    const report = JSON.parse(output) as RollbackReport;
    const merged = load > 0 ? { requests: results.reduce((sum, { requests }) => sum + requests, 0), failures: Object.assign({}, ...results.map(({ failures }) => failures)) as LoadResult["failures"] } : undefined;
    return { report, killed, load: merged, problems: [...(merged === undefined ? [] : Object.entries(merged.failures).map(([what, count]) => `${count} requests: ${what}`)), ...(await this.#problems(report, number)), ...(previewSource ? (await this.changesOf(number)).map((change) => `its source wants to ${change}`) : [])] };
  }

  /** The plan of going to a release; undefined: to the one that is chosen when none is named. */
  async plan(number: number | undefined, ...options: readonly string[]): Promise<RollbackReport["plan"]> {
    const { output } = await forecastctl(["rollback", "--stack", this.stack.name, ...(number === undefined ? [] : ["--to", String(number)]), "--dry-run", "--json", ...options]);
    return (JSON.parse(output) as RollbackReport).plan;
  }

  /** What a preview of a release's own source would change, less what belongs to no cluster. */
  async changesOf(number: number): Promise<string[]> {
    const { settings: recorded, source, password } = this.#at(number);
    // Volumes stay as they are in a rollback, which whoever deploys that source again has to tell it.
    const volumes = volumesOf(this.newest.settings, recorded);
    const settings = { ...recorded, ...volumes };
    // Where the source gets its secrets from, the newest one would stay.
    await setSecrets(this.stack.name, { appPassword: password });
    const { ok, output } = await this.stack.preview(settings, ["--json"], source.folder);
    if (!ok) return [`its source is refused: ${output}`];
    const { steps } = JSON.parse(output.slice(output.indexOf("{"))) as { steps: { op: string; urn: string }[] };
    // Prometheus then keeps as much as its volume takes: an argument of its pod, and no volume.
    const grown = !isDeepStrictEqual(volumes, volumesOf(recorded, recorded));
    const isRetention = ({ op, urn }: (typeof steps)[number]) => grown && op === "update" && urn.endsWith("StatefulSet::prometheus");
    return steps.filter((step) => step.op !== "same" && step.op !== "read" && !step.urn.includes("::pulumi:pulumi:Stack::") && !isRetention(step)).map(({ op, urn }) => `${op} ${urn.slice(urn.lastIndexOf("::") + 2)}`);
  }

  async remove(): Promise<void> {
    await this.stack.remove();
    await removeSources(this.#folder);
  }

  /** Has what runs now forecast the line's demand. */
  async #forecastAnew(): Promise<readonly ForecastOfItem[]> {
    const read = async () => (await (await fetch(`${this.#url}/api/forecasts?limit=200`, { headers: { authorization: `Bearer ${this.#token}` } })).json()) as { runId: string | null; forecasts: readonly ForecastOfItem[] };
    const before = await read();
    await this.api.forecast(() => undefined);
    const { forecasts } = await until("the forecasts of the new run", 30_000, async () => {
      const after = await read();
      if (after.runId === before.runId) throw new Error(`run ${String(after.runId)} is still the newest one`);
      return after;
    });
    return forecasts;
  }

  /** What differs from the release's own forecasts of the same demand. */
  async #otherForecasts(number: number): Promise<string[]> {
    const [then, now] = [this.#forecasts.get(number) ?? [], await this.#forecastAnew()];
    if (then.length === 0 || then.length !== now.length) return [`${now.length} forecasts, that release made ${then.length}`];
    // An item that a rollout serves another variant since is forecast by another model; rollouts are people's, and stay.
    const same = then.map((one, index) => [one, now[index] as ForecastOfItem] as const).filter(([one, other]) => one.selection.served === other.selection.served);
    if (same.length === 0) return ["no item has the variant of the models that it had then"];
    const shown = ({ sku, facility, model, dates, point, interval80, interval95 }: ForecastOfItem) => ({ sku, facility, model, dates, point, interval80, interval95 });
    const other = same.flatMap(([one, now]) => differences(shown(one), shown(now)).map(({ path }) => `${one.sku} in ${one.facility}: ${path}`));
    return other.length === 0 ? [] : [`other forecasts than that release gave: ${other.slice(0, 5).join(", ")} and ${Math.max(0, other.length - 5)} more`];
  }

  async #problems({ plan, result }: RollbackReport, number: number): Promise<string[]> {
    await this.api.ready();
    return [
      ...(plan.to === number ? [] : [`went to release ${plan.to}`]),
      ...result.mismatches.map((mismatch) => `not as recorded: ${JSON.stringify(mismatch)}`),
      ...result.remaining.map((step) => `still to change: ${JSON.stringify(step)}`),
      ...(await orphansOf(this.stack)).map((object) => `left over: ${object}`),
      ...(await this.#otherForecasts(number)),
    ];
  }

  get #sources(): string {
    return join(this.#folder, "sources");
  }

  get #dist(): string {
    return join(this.#folder, "dist");
  }

  #at(number: number): Made {
    const made = this.#made.find((release) => release.number === number);
    if (made === undefined) throw new Error(`Release ${number} is none of the line's.`);
    return made;
  }

  async #deploy({ source, settings }: { readonly source: SourceCopy; readonly settings: Record<string, unknown> }): Promise<void> {
    const { ok, output } = await this.stack.up(settings, () => undefined, source.folder);
    if (!ok) throw new Error(output);
    const [newest] = JSON.parse((await forecastctl(["releases", this.stack.name, "--json"])).output) as { release: number | null }[];
    if (newest?.release == null) throw new Error(`The update made no release:\n${output}`);
    this.#made.push({ number: newest.release, source, settings, password: await readSecret(this.stack.name, "appPassword") });
  }
}

/** The settings in which a release names its volumes, with those of another release. */
function volumesOf(from: Made["settings"], to: Made["settings"]): Made["settings"] {
  const key = "forecast-stack:monitoring";
  return { [key]: { ...(to[key] as object), storage: (from[key] as { readonly storage: string }).storage } };
}
