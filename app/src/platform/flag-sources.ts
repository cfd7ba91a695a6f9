import { dirname } from "node:path";
import { type FlagMap, type FlagMapContent, flagConfigMaps } from "@forecast-stack/flags/config-maps.ts";
import { definitions } from "@forecast-stack/flags/definitions.ts";
import { parseFlagFile, watchFlagFile } from "@forecast-stack/flags/flag-file.ts";
import { readFlagDirectory } from "@forecast-stack/flags/flag-directory.ts";
import type { FlagMapVersion, FlagWatch } from "@forecast-stack/flags/flag-watch.ts";
import { NewProblems } from "@forecast-stack/flags/new-problems.ts";
import type { FlagProblem } from "@forecast-stack/flags/problem.ts";
import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import type { Config } from "./config.ts";
import type { Flags } from "./flags.ts";
import type { Log } from "./log.ts";
import { type OwnCluster, ownCluster } from "./own-cluster.ts";

export interface FlagSourcesParts {
  readonly config: Config;
  readonly flags: Flags;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Told of every version of a map that the API server shows. */
  readonly observe?: ((map: FlagMap, content: FlagMapContent, version: FlagMapVersion) => void) | undefined;
  /** The cluster whose maps are followed: by default the one that this process runs in. */
  readonly cluster?: () => Promise<OwnCluster | undefined>;
}

/** The most Events that one version of a map gives; all problems are counted and logged. */
const MOST_EVENTS = 10;

/** Failures less than this apart are of one outage, in milliseconds: longer than the watch ever waits before it tries again. */
const ONE_OUTAGE_MS = 60_000;

/**
 * Brings the flags what people write: in Kubernetes what is mounted first, then
 * every change of the ConfigMaps as it happens; outside, a file.
 */
export class FlagSources {
  readonly #parts: FlagSourcesParts;
  #watch: FlagWatch | undefined;
  /** Milliseconds since 1970 at which the maps of the cluster began to be followed. */
  #followedSince: number | undefined;
  readonly #failedAt = new Map<FlagMap, number>();
  /** Apart from each other, because what is mounted gives no Events. */
  readonly #toTell = new NewProblems();
  readonly #toShow = new NewProblems();
  #close: () => Promise<void> = () => Promise.resolve();

  constructor(parts: FlagSourcesParts) {
    this.#parts = parts;
  }

  /** Resolves when what is mounted was read. Never rejects: without any source the definitions hold. */
  async start(): Promise<void> {
    for (const map of Object.keys(flagConfigMaps) as FlagMap[]) this.#parts.metrics.feature_flag_entries_ignored.set({ map }, 0);
    for (const [flag, { expires }] of Object.entries(definitions)) this.#parts.metrics.feature_flag_expires_timestamp_seconds.set({ flag }, Date.parse(expires) / 1_000);
    const { FEATURE_FLAGS_DIRECTORY, FEATURE_FLAGS_FILE, KUBERNETES_SERVICE_HOST } = this.#parts.config;
    if (FEATURE_FLAGS_DIRECTORY !== undefined) {
      for (const [map, content] of Object.entries(await readFlagDirectory(FEATURE_FLAGS_DIRECTORY)) as [FlagMap, FlagMapContent][]) this.#take(map, content);
    }
    if (KUBERNETES_SERVICE_HOST !== undefined) await this.#followCluster();
    else if (FEATURE_FLAGS_FILE !== undefined) this.#followFile(FEATURE_FLAGS_FILE);
  }

  stop(): Promise<void> {
    return this.#close();
  }

  /** Sets the gauges of the flags. */
  async observe(): Promise<void> {
    const { flags, metrics } = this.#parts;
    const variants = await flags.ofProcess();
    metrics.feature_flag_variant_info.reset();
    for (const labels of variants) metrics.feature_flag_variant_info.set(labels, 1);
    metrics.feature_flags_revision_info.reset();
    metrics.feature_flags_revision_info.set({ revision: flags.revision }, 1);
    // A process that the API server has never answered knows the flags of its start.
    const knownAt = this.#watch?.confirmedAt ?? this.#followedSince;
    if (knownAt !== undefined) metrics.feature_flags_age_seconds.set((Date.now() - knownAt) / 1_000);
  }

  async #followCluster(): Promise<void> {
    const { log, cluster: findCluster = ownCluster } = this.#parts;
    this.#followedSince = Date.now();
    const [cluster, { CoreV1Api }, { FlagWatch }, { problemEvent }] = await Promise.all([findCluster(), import("./kubernetes-client.ts"), import("@forecast-stack/flags/flag-watch.ts"), import("@forecast-stack/flags/problem-event.ts")]);
    if (cluster === undefined) {
      log.warn("this pod has no service account: the flags are those that were mounted at its start");
      return;
    }
    const { kubeConfig, namespace } = cluster;
    const events = kubeConfig.makeApiClient(CoreV1Api);
    const watch = new FlagWatch(kubeConfig, namespace, {
      onContent: (map, content, version) => {
        const problems = this.#take(map, content, version);
        this.#parts.observe?.(map, content, version);
        for (const problem of this.#toShow.take(map, problems).slice(0, MOST_EVENTS)) {
          const body = problemEvent(problem, version, { namespace, now: new Date() });
          // 409: another process was faster, with the same Event.
          events.createNamespacedEvent({ namespace, body }).catch((error: unknown) => {
            if ((error as { code?: unknown }).code !== 409) log.warn({ err: error }, "an Event could not be written");
          });
        }
      },
      onGone: (map) => {
        this.#tell(map, [{ map, key: "", kind: "missing", message: `The ConfigMap of the ${map} is gone; what it held last stays in force until it is back.` }]);
        // There is no object that an Event could be on; what is wrong when it is back is new.
        this.#toShow.take(map, []);
      },
      onFailure: (map, error) => {
        const failedAt = this.#failedAt.get(map);
        if (failedAt === undefined || Date.now() - failedAt > ONE_OUTAGE_MS) log.warn({ err: error, map }, "the API server does not answer; the flags stay as they are");
        this.#failedAt.set(map, Date.now());
      },
    });
    this.#watch = watch;
    this.#close = () => watch.stop();
    watch.start();
  }

  #followFile(file: string): void {
    const { log } = this.#parts;
    try {
      const watcher = watchFlagFile(file, (text) => this.#takeFile(file, text));
      watcher.on("error", (error) => log.warn({ err: error, file }, "the file of the flags is not watched any more"));
      this.#close = () => {
        watcher.close();
        return Promise.resolve();
      };
    } catch (error) {
      log.warn({ err: error, file }, `the file of the flags cannot be watched: is there a folder ${dirname(file)}?`);
    }
  }

  #takeFile(file: string, text: string): void {
    try {
      for (const [map, content] of Object.entries(parseFlagFile(text)) as [FlagMap, FlagMapContent][]) this.#take(map, content);
    } catch (error) {
      this.#parts.log.warn({ file, problem: (error as Error).message }, "the file of the flags was not understood; the flags stay as they are");
    }
  }

  #take(map: FlagMap, content: FlagMapContent, version?: FlagMapVersion): readonly FlagProblem[] {
    const { flags, log } = this.#parts;
    const before = flags.revision;
    const problems = flags.take(map, content);
    if (flags.revision !== before) log.info({ map, revision: flags.revision, resourceVersion: version?.resourceVersion }, "the flags changed");
    this.#tell(map, problems);
    return problems;
  }

  /** Tells what of a map is ignored now, each problem once for as long as it lasts. */
  #tell(map: FlagMap, problems: readonly FlagProblem[]): void {
    const { log, metrics } = this.#parts;
    metrics.feature_flag_entries_ignored.set({ map }, problems.length);
    for (const { key, kind, message } of this.#toTell.take(map, problems)) {
      metrics.feature_flag_problems_total.inc({ map, kind });
      log.warn({ map, key, kind }, message);
    }
  }
}
