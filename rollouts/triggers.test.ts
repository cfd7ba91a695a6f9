import { expect, it } from "@jest/globals";
import { expectValue } from "./test-support/expect-value.ts";
import { type TriggerName, triggerNames, triggers } from "./triggers.ts";

const answers = (status: string) => `http_requests_total{namespace="shop", job="api", method="GET", route="/api/items", status="${status}"}`;
const buckets = (le: string) => `http_request_duration_seconds_bucket{namespace="shop", job="api", method="GET", route="/api/items", le="${le}"}`;
const reads = (what: "hits" | "misses") => `cache_${what}_total{namespace="shop", cache="lists"}`;

it.each<[string, TriggerName, Readonly<Record<string, string>>, number | undefined]>([
  ["no share of errors where nobody was ever answered with one", "error-rate", { [answers("200")]: "0+60x5" }, 0],
  ["a share of errors in percent", "error-rate", { [answers("200")]: "0+60x5", [answers("503")]: "0+20x5" }, 25],
  ["no errors where nobody was ever answered with one", "critical-errors", { [answers("200")]: "0+60x5" }, 0],
  ["errors", "critical-errors", { [answers("200")]: "0+60x5", [answers("500")]: "0+1x5" }, 5],
  ["nothing of errors where nothing is known of the service", "error-rate", {}, undefined],
  ["nothing of the service's worst errors where nothing is known of it", "critical-errors", {}, undefined],
  ["the worst MAPE of all pods", "mape", { 'forecast_accuracy_mape_percentage{namespace="shop", pod="one"}': "19x5", 'forecast_accuracy_mape_percentage{namespace="shop", pod="two"}': "21x5" }, 21],
  ["the memory of the fullest pod in percent", "memory", { 'process_memory_used_ratio{namespace="shop", pod="one"}': "0.5x5", 'process_memory_used_ratio{namespace="shop", pod="two"}': "0.75x5" }, 75],
  ["the hits among the reads of the cache in percent", "cache-hit-rate", { [reads("hits")]: "0+90x5", [reads("misses")]: "0+30x5" }, 75],
  ["how long all but one of a hundred cached reads take at most, in seconds", "p99-latency", { [buckets("0.05")]: "0+0x5", [buckets("0.1")]: "0+100x5", [buckets("+Inf")]: "0+100x5" }, 0.0995],
])("a trigger tells %s", async (_what, name, series, value) => {
  await expect(expectValue(triggers[name].query, series, value)).resolves.toBeUndefined();
});

it("the triggers have the limits at which people used to roll back by hand", () => {
  expect(Object.fromEntries(triggerNames.map((name) => [name, triggers[name].must]))).toEqual({
    mape: "< 20",
    "error-rate": "< 5",
    "p99-latency": "<= 0.06",
    memory: "<= 70",
    "cache-hit-rate": ">= 90",
    // One is too many; PromQL's counts are estimates.
    "critical-errors": "< 0.5",
  });
});
