import { createMetrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { Registry } from "prom-client";
import { z } from "zod";
import type { Config } from "../platform/config.ts";
import { Database } from "../platform/db.ts";
import { ConfigError, UnauthorizedError } from "../platform/errors.ts";
import { LatencyWatch } from "../platform/latency-watch.ts";
import { createHttpApp } from "../platform/http-app.ts";
import { createHttpServer } from "../platform/http-server.ts";
import { listen } from "../platform/listen.ts";
import type { Log } from "../platform/log.ts";
import { ownCluster } from "../platform/own-cluster.ts";
import { pause } from "../platform/pause.ts";
import { mountRoutes, publicRoute } from "../platform/route.ts";
import { closeServer, type StopOptions } from "../platform/shutdown.ts";
import { Lease } from "./lease.ts";
import { LivePods } from "./live-pods.ts";
import { RolloutLeader } from "./rollout-leader.ts";
import { RolloutMapStore } from "./rollout-maps.ts";

/** A process that leads rollouts while it holds the lease, and stands by otherwise. */
export interface RolloutController {
  readonly port: number;
  stop(options: StopOptions): Promise<void>;
}

/** After this long without a turn that ended or a rollout that was led, something hangs, and a new process is better. */
const LONGEST_STANDSTILL_MS = 60_000;

/**
 * Starts the role `rollout-controller`.
 *
 * @throws ConfigError outside Kubernetes
 */
export async function startRolloutController(config: Config, log: Log): Promise<RolloutController> {
  if (config.KUBERNETES_SERVICE_HOST === undefined) throw new ConfigError("The rollout controller leads rollouts of a Kubernetes namespace: it must run in a pod.");
  const cluster = await ownCluster();
  if (cluster === undefined) throw new ConfigError("This pod has no service account: the rollout controller needs one.");
  const { kubeConfig, namespace } = cluster;

  const registry = new Registry();
  const metrics = createMetrics(registry, ["rollout-controller"]);
  const database = new Database(config, metrics, log, "rollout-controller");
  const lease = new Lease(kubeConfig, { namespace, name: "rollout-controller", holder: config.POD_NAME });
  const environment = config.NODE_ENV === "production" || config.NODE_ENV === "staging" ? config.NODE_ENV : "dev";
  const leader = new RolloutLeader({
    sources: { database, prometheusUrl: config.PROMETHEUS_URL ?? "", namespace },
    store: new RolloutMapStore(kubeConfig, namespace),
    pods: new LivePods(kubeConfig, namespace),
    alertmanagerUrl: config.ALERTMANAGER_URL ?? "",
    environment,
    metrics,
    log,
  });

  let wentOn = performance.now();
  const hangs = () => performance.now() - wentOn > LONGEST_STANDSTILL_MS;
  const alive = publicRoute({ method: "get", path: "/health/live", tag: "health", summary: "Say that the process is alive.", answers: { 200: { description: "It is.", schema: z.object({ status: z.literal("live") }) }, 503: { description: "It hangs." } }, handle: ({ response }) => response.status(hangs() ? 503 : 200).json({ status: hangs() ? "hangs" : "live" }) });
  const identify = () => Promise.reject(new UnauthorizedError("This process has no API."));
  const handlers = [mountRoutes([alive], { identify, database, maxBodyBytes: config.REQUEST_MAX_BYTES })];
  const server = createHttpServer(createHttpApp({ config, metrics, registry, log, latency: new LatencyWatch(), beforeScrape: () => Promise.resolve(), handlers }), config.REQUEST_TIMEOUT_SECONDS);
  const port = await listen(server, config.PORT);
  log.info({ port, namespace }, "listening");

  const stopped = new AbortController();
  let leads = false;
  const turn = async () => {
    const holds = await lease.hold();
    if (holds !== leads) log.info(holds ? "leads the rollouts" : "stands by");
    if (leads && !holds) await leader.standBy();
    leads = holds;
    if (holds) {
      await leader.lead(() => {
        wentOn = performance.now();
        return lease.stillHolds();
      });
    }
    metrics.rollout_controller_leader.set(holds ? 1 : 0);
  };
  const turns = (async () => {
    while (!stopped.signal.aborted) {
      await turn().catch((error: unknown) => {
        // Who holds the lease and cannot lead is no leader: an alert waits for one.
        metrics.rollout_controller_leader.set(0);
        log.warn({ err: error }, "not all rollouts could be led; those stay as they are");
      });
      wentOn = performance.now();
      await pause(config.ROLLOUT_INTERVAL_MS, stopped.signal);
    }
  })();
  return {
    port,
    stop: async (options) => {
      stopped.abort();
      await turns;
      if (leads) await lease.release().catch((error: unknown) => log.warn({ err: error }, "the lease could not be given up; it ends by itself"));
      await closeServer(server, { ...options, delayMs: 0 });
      await database.close();
    },
  };
}
