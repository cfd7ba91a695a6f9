/** What breaks: a workload that has no pods any more, or batches that rest for ten minutes after each one. */
export type Breakage = { readonly kind: "stop"; readonly workload: string } | { readonly kind: "slow-forecasts" };

/** What has to be seen of it: an alert that is told, or the heartbeat that is not. */
export type Sign = { readonly kind: "alert"; readonly labels: Readonly<Record<string, string>> } | { readonly kind: "silence" };

/** Something that a drill really breaks. */
export interface Fault {
  readonly name: string;
  readonly does: string;
  readonly breakage: Breakage;
  readonly sign: Sign;
  /** How long it takes until somebody is told, in minutes; in a rehearsal it is less. */
  readonly minutes: number;
}

const alert = (alertname: string, labels: Readonly<Record<string, string>> = {}): Sign => ({ kind: "alert", labels: { alertname, ...labels } });

/** Every drill there is. */
export const faults: readonly Fault[] = [
  { name: "postgres", does: "stops Postgres", breakage: { kind: "stop", workload: "statefulset/postgres" }, sign: alert("PostgresDown"), minutes: 2 },
  { name: "redis", does: "stops Redis", breakage: { kind: "stop", workload: "deployment/redis" }, sign: alert("RedisDown"), minutes: 3 },
  { name: "worker", does: "stops the workers", breakage: { kind: "stop", workload: "deployment/worker" }, sign: alert("ServiceDown", { job: "worker" }), minutes: 3 },
  { name: "forecasts", does: "starts a run and lets workers rest for ten minutes after each batch", breakage: { kind: "slow-forecasts" }, sign: alert("ForecastQueueOld", { queue: "forecast-batch" }), minutes: 11 },
  { name: "prometheus", does: "stops Prometheus, so that the heartbeat ends", breakage: { kind: "stop", workload: "statefulset/prometheus" }, sign: { kind: "silence" }, minutes: 6 },
];
