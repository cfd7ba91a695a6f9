import { neverFires, threshold } from "./test-support/alert-case.ts";
import { describeAlerts } from "./test-support/describe-alerts.ts";
import { live } from "./test-support/live-series.ts";
import { service } from "./service.ts";

const namespace = "forecast-dev";
const pod = (name: string, job = "api") => ({ namespace, job, pod: name, instance: name });
const one = pod("api-654d4c94d7-qltw7");
const other = pod("api-654d4c94d7-7g8wr");
const worker = pod("worker-545457c8d7-w45ms", "worker");
const cached = { ...one, method: "GET", route: "/api/forecasts", status: "200" };
const rollback = "If it began with the last release: forecastctl rollback --stack dev.";

describeAlerts(service, {
  ServiceDown: (rule) => [
    threshold(rule, { behaviour: "fires for the role whose pods do not answer, and ends when one does", series: [[live("up", one), [1, 0]], [live("up", other), [0, 0]], [live("up", worker), [1, 1]]], labels: { namespace, job: "api" }, description: "Prometheus has reached 0 pods of the api (0, or none known) for 2 minutes." }),
    {
      behaviour: "fires for a role that has no pod at all",
      step: 1,
      series: { [live("up", one)]: "1x10" },
      silent: [1],
      fires: [{ at: 5, labels: { namespace, job: "worker" }, description: "Prometheus has reached 0 pods of the worker (0, or none known) for 2 minutes." }],
    },
    {
      behaviour: "fires for both roles when nothing of the stack is known",
      step: 1,
      series: { [live("up")]: "1x10" },
      silent: [1],
      fires: [{ at: 5, labels: { job: "api" }, description: "Prometheus has reached 0 pods of the api (0, or none known) for 2 minutes." }, { at: 5, labels: { job: "worker" }, description: "Prometheus has reached 0 pods of the worker (0, or none known) for 2 minutes." }],
    },
    neverFires(rule, { behaviour: "stays silent while one of two pods answers", series: [[live("up", one), 0], [live("up", other), 1], [live("up", worker), 1]] }),
  ],
  ForecastingSystemUnhealthy: (rule) => [
    threshold(rule, {
      behaviour: "fires when one of two pods says that it is degraded",
      series: [[live("inventory_forecasting_health_status", one), [2, 2]], [live("inventory_forecasting_health_status", other), [2, 1]]],
      labels: { namespace, job: "api" },
      description: "The worst health status of the api is 1 (2 healthy, 1 degraded, 0 unhealthy) for 5 minutes.",
    }),
    threshold(rule, {
      behaviour: "fires when a worker says that it is unhealthy",
      series: [[live("inventory_forecasting_health_status", worker), [2, 0]]],
      labels: { namespace, job: "worker" },
      description: "The worst health status of the worker is 0 (2 healthy, 1 degraded, 0 unhealthy) for 5 minutes.",
    }),
  ],
  ServiceMemoryHigh: (rule) => [
    threshold(rule, { behaviour: "fires above 70 % of the memory, not at 70 %", series: [[live("process_memory_used_ratio", worker), [0.7, 0.72]]], labels: { namespace, job: "worker", pod: worker.pod }, description: `${worker.pod} uses 72% of its memory (threshold 70%). ${rollback}` }),
  ],
  EventLoopLagHigh: (rule) => [
    threshold(rule, {
      behaviour: "fires when more than 1 of 100 turns of the event loop starts 250 ms late",
      series: [
        [live("nodejs_event_loop_lag_seconds_bucket", { ...one, le: "0.1" }), { perMinute: [100, 100] }],
        [live("nodejs_event_loop_lag_seconds_bucket", { ...one, le: "0.25" }), { perMinute: [119, 118.7] }],
        [live("nodejs_event_loop_lag_seconds_bucket", { ...one, le: "0.5" }), { perMinute: [120, 120] }],
        [live("nodejs_event_loop_lag_seconds_bucket", { ...one, le: "+Inf" }), { perMinute: [120, 120] }],
      ],
      labels: { namespace, job: "api", pod: one.pod },
      description: `99 of 100 turns of the event loop of ${one.pod} start within 269.2ms (threshold 0.25s).`,
      window: 5,
    }),
  ],
  CacheHitRateLow: (rule) => [
    threshold(rule, {
      behaviour: "fires when less than 90 % of the reads are hits",
      series: [[live("cache_hits_total", { ...one, cache: "forecasts" }), { perMinute: [2.82, 2.7] }], [live("cache_misses_total", { ...one, cache: "forecasts" }), { perMinute: [0.3, 0.4] }]],
      labels: { namespace },
      description: `87.1% of the reads are answered from the cache (threshold 90%). ${rollback}`,
      window: 15,
    }),
    neverFires(rule, { behaviour: "stays silent when hardly anybody reads", series: [[live("cache_hits_total", { ...one, cache: "forecasts" }), { perMinute: 1.9 }], [live("cache_misses_total", { ...one, cache: "forecasts" }), { perMinute: 1 }]], window: 15 }),
    neverFires(rule, { behaviour: "stays silent at 95 %", series: [[live("cache_hits_total", { ...one, cache: "forecasts" }), { perMinute: 9.5 }], [live("cache_misses_total", { ...one, cache: "forecasts" }), { perMinute: 0.5 }]], window: 15 }),
  ],
  ApiLatencyP99High: (rule) => [
    threshold(rule, {
      behaviour: "fires when more than 1 of 100 reads of cached routes take longer than 60 ms",
      series: [
        [live("http_request_duration_seconds_bucket", { ...cached, le: "0.05" }), { perMinute: [2.8, 2.8] }],
        [live("http_request_duration_seconds_bucket", { ...cached, le: "0.06" }), { perMinute: [3.07, 3.0675] }],
        [live("http_request_duration_seconds_bucket", { ...cached, le: "0.1" }), { perMinute: [3.1, 3.1] }],
        [live("http_request_duration_seconds_bucket", { ...cached, le: "+Inf" }), { perMinute: [3.1, 3.1] }],
        [live("http_requests_total", cached), { perMinute: [3.1, 3.1] }],
      ],
      labels: { namespace },
      description: `99 of 100 reads of cached routes are answered within 61.85ms (threshold 60ms). ${rollback}`,
      window: 15,
    }),
    neverFires(rule, {
      behaviour: "stays silent for the few slow reads of a quiet night",
      series: [[live("http_request_duration_seconds_bucket", { ...cached, le: "0.06" }), { perMinute: 0 }], [live("http_request_duration_seconds_bucket", { ...cached, le: "0.1" }), { perMinute: 2.9 }], [live("http_request_duration_seconds_bucket", { ...cached, le: "+Inf" }), { perMinute: 2.9 }], [live("http_requests_total", cached), { perMinute: 2.9 }]],
      window: 15,
    }),
  ],
  UptimeLow: () => [
    {
      behaviour: "stays silent when no pod answered for twenty minutes within two days",
      step: 10,
      series: { [live("up", one)]: `1x288 0x1 1x290`, [live("up", other)]: `0x580` },
      silent: [2_900, 2_950, 5_800],
      fires: [],
    },
    {
      behaviour: "fires after half an hour without an answer, and ends two days later",
      step: 10,
      series: { [live("up", one)]: `1x288 0x2 1x290` },
      silent: [2_890, 5_820],
      fires: [{ at: 2_950, labels: { namespace }, description: `Some pod of the API answered for 98.96% of the last two days (threshold 99%). ${rollback}` }],
    },
    {
      behaviour: "counts time in which no pod is even known as time without an answer",
      step: 10,
      series: { [live("up", one)]: `1x288 _x3 1x290`, [live("up", { job: "worker", namespace })]: "1x580" },
      silent: [2_890, 5_820],
      fires: [{ at: 2_950, labels: { namespace }, description: `Some pod of the API answered for 98.96% of the last two days (threshold 99%). ${rollback}` }],
    },
  ],
  CriticalErrorsAfterRelease: (rule) => [
    {
      behaviour: "fires at the first internal error within two days of a start, with which its series begins, and ends an hour later",
      step: 1,
      series: { [live("http_requests_total", { ...one, method: "GET", route: "/api/items", status: "500" })]: "_x30 1x120", [live("process_start_time_seconds", one)]: "0x160" },
      silent: [25, 110],
      fires: [{ at: 40, labels: { namespace }, description: `1 requests of the last hour were answered with 500, within two days of the start of this version. ${rollback}` }],
    },
    {
      behaviour: "stays silent for a counter that has not risen for an hour, be there errors in it",
      step: 1,
      series: { [live("http_requests_total", { ...one, method: "GET", route: "/api/items", status: "500" })]: "4x90", [live("process_start_time_seconds", one)]: "0x90" },
      silent: [65, 80],
      fires: [],
    },
    {
      behaviour: "fires for half an error more than nothing, less than two days after the start",
      step: 10,
      series: { [live("http_requests_total", { ...one, method: "GET", route: "/api/items", status: "500" })]: "0+0.0867x400", [live("process_start_time_seconds", one)]: "0x400" },
      silent: [2_900],
      fires: [{ at: 2_860, labels: { namespace }, description: `1 requests of the last hour were answered with 500, within two days of the start of this version. ${rollback}` }],
    },
    neverFires(rule, { behaviour: "leaves later errors to the error budget", series: [[live("http_requests_total", { ...one, method: "GET", route: "/api/items", status: "500" }), { perMinute: 0.1 }], [live("process_start_time_seconds", one), -180_000]], window: 60 }),
    neverFires(rule, { behaviour: "stays silent for less than half an error in an hour", series: [[live("http_requests_total", { ...one, method: "GET", route: "/api/items", status: "500" }), { perMinute: 0.0078 }], [live("process_start_time_seconds", one), 0]], window: 60 }),
  ],
});
