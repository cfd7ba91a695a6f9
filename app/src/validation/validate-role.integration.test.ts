import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startAlertmanager, type TestAlertmanager } from "@forecast-stack/alerts/test-support/alertmanager.ts";
import { type History, startPrometheus, type TestPrometheus } from "@forecast-stack/alerts/test-support/prometheus.ts";
import { spawnService } from "../test-support/test-service.ts";

const HOUR = 3_600;
const now = Math.floor(Date.now() / 1_000);
/** Release 2 failed a request; what was deployed after it serves since an hour ago. */
const [second, third] = [now - 2 * HOUR, now - HOUR];

const service = (pod: string, version: string): string => `forecast_service_info{namespace="forecast-dev",job="api",pod="${pod}",version="${version}"}`;

const history: History = {
  'up{namespace="forecast-dev",job="api",pod="api-0"}': () => 1,
  [service("api-5b7d-aaaaa", "1")]: (at) => (at < second ? 1 : undefined),
  [service("api-6c8e-bbbbb", "2")]: (at) => (at >= second && at < third ? 1 : undefined),
  [service("api-7d9f-ccccc", "3")]: (at) => (at >= third ? 1 : undefined),
  'http_requests_total{namespace="forecast-dev",job="api",pod="api-0",method="GET",route="/api/items",status="500"}': (at) => (at < second + 600 ? 0 : 1),
  'http_requests_total{namespace="forecast-dev",job="api",pod="api-0",method="GET",route="/api/items",status="200"}': (at) => 2 * (at - second + 4 * HOUR),
};

const update = (release: number, startTime: number) => ({ release, entry: { startTime, endTime: startTime, message: `Release ${release}` } });
const request = (changes: object) => JSON.stringify({ stack: "dev", namespace: "forecast-dev", windowSeconds: 48 * HOUR, strict: false, ...changes });

describe("the role validate", () => {
  let prometheus: TestPrometheus;
  let alertmanager: TestAlertmanager;

  beforeAll(async () => {
    prometheus = await startPrometheus({ history: { series: history, from: second - 2 * HOUR, to: now + HOUR, step: 30 } });
    alertmanager = await startAlertmanager({ route: { receiver: "nobody" }, receivers: [{ name: "nobody" }] });
  }, 90_000);
  afterAll(async () => {
    await prometheus.close();
    await alertmanager.close();
  });

  const run = async (argument: string, variables: Record<string, string> = {}) => {
    const { exit, output } = spawnService(["validate", argument], { PROMETHEUS_URL: prometheus.url, ALERTMANAGER_URL: alertmanager.url, ...variables });
    return { code: await exit, output: output() };
  };

  it("ends at the first value that is out of its bound, prints the report and tells people", async () => {
    const { code, output } = await run(request({ updates: [update(1, second - HOUR), update(2, second)], windowSeconds: HOUR / 2 }));
    expect([code, output]).toEqual([0, expect.stringMatching(/^# Release 2 of dev: NO-GO$[\s\S]*is out of its bound\./m)]);
    expect(await alertmanager.alerts()).toMatchObject([{ labels: { kind: "notice", severity: "warning", namespace: "forecast-dev", notice: "validation-2" } }]);
  }, 60_000);

  it("ends when another release has replaced it, and tells nobody", async () => {
    const before = await alertmanager.alerts();
    const { code, output } = await run(request({ updates: [update(1, second - HOUR)] }));
    expect([code, output]).toEqual([0, expect.stringMatching(/^# Release 1 of dev: UNKNOWN$[\s\S]*The window is not full: \d+ hours of it are missing, because release 2 replaced it\./m)]);
    expect(await alertmanager.alerts()).toEqual(before);
  }, 60_000);

  it.each([
    ["what is no request", "{}", {}, 78, /^The request is not what forecastctl validate --job makes: /],
    ["no Prometheus", request({ updates: [update(1, second)] }), { PROMETHEUS_URL: "" }, 78, /^PROMETHEUS_URL and ALERTMANAGER_URL must be http:\/\/ or https:\/\/ URLs\.\n$/],
    ["a Prometheus that does not answer", request({ updates: [update(1, second)] }), { PROMETHEUS_URL: "http://127.0.0.1:9" }, 1, /^Prometheus does not answer, so that nothing is known of the release: .*\n$/],
  ])("refuses %s with one sentence", async (_what, argument, variables, expected, sentence) => {
    expect(await run(argument, variables)).toEqual({ code: expected, output: expect.stringMatching(sentence) });
  }, 60_000);
});
