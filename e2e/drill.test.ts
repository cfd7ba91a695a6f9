import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { endpointAt } from "@forecast-stack/delivery/alerts/alertmanager.ts";
import { until } from "@forecast-stack/local/cluster/until.ts";
import { startForecastctl } from "./support/forecastctl.ts";
import { ONE_POD_EACH, TestStack } from "./support/test-stack.ts";

const MINUTE = 60_000;
const NAME = "e2e-drill";

/** Alerts that hold for a tenth of their time: what takes minutes otherwise takes seconds. */
const REHEARSAL = { "forecast-stack:alerting": { inbox: true, rehearsal: true }, ...ONE_POD_EACH, "forecast-stack:backup": { enabled: false } };

interface Result {
  readonly fault: string;
  readonly arrival: { readonly receiver: string; readonly seen: boolean; readonly drill: string };
  readonly toldAfter: number;
}

describe("forecastctl drill", () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await TestStack.create(NAME);
    const up = await stack.up(REHEARSAL);
    if (!up.ok) throw new Error(up.output);
  }, 8 * MINUTE);
  afterAll(() => stack.remove(), 10 * MINUTE);

  const replicas = (workload: string): Promise<string> => stack.kubectl(["get", workload, "-o", "jsonpath={.spec.replicas}"]);
  const marks = async (): Promise<string[]> => (await stack.kubectl(["get", "services", "--selector=app.kubernetes.io/component=drill", "-o", "name"])).split("\n").filter(Boolean);

  it("finds the heartbeat arriving at its receiver", async () => {
    const inbox = endpointAt(`http://alert-inbox.${stack.namespace}.svc:8080`, "forecast-stack");
    await until("a heartbeat", 2 * MINUTE, async () => {
      const { messages } = (await inbox.request("GET", "/messages")) as { messages: { message: { receiver: string; status: string } }[] };
      if (!messages.some(({ message }) => message.receiver === "heartbeat" && message.status === "firing")) throw new Error(`${messages.length} other messages`);
    });
  }, 3 * MINUTE);

  it.each([
    ["postgres", "statefulset/postgres", "platform-critical"],
    ["redis", "deployment/redis", "platform-warning"],
    ["worker", "deployment/worker", "platform-critical"],
  ])("breaks %s, sees the right people told of a drill, puts it right and sees its end told", async (fault, workload, receiver) => {
    const before = await replicas(workload);
    const { code, output } = await startForecastctl(["drill", fault, "--stack", NAME, "--yes", "--json", "--timeout", "3m"]).ended;
    if (code !== 0) throw new Error(output);
    const result = JSON.parse(output) as Result;
    expect(result).toMatchObject({ fault, arrival: { receiver, seen: true, drill: `drill-${fault}` } });
    expect([await replicas(workload), await marks()]).toEqual([before, []]);
  }, 8 * MINUTE);

  it("puts right what it broke when it is interrupted, and by drill restore when it was killed", async () => {
    for (const signal of ["SIGINT", "SIGKILL"] as const) {
      const { child, ended } = startForecastctl(["drill", "redis", "--stack", NAME, "--yes"]);
      await until("Redis to be stopped", 2 * MINUTE, async () => {
        if ((await replicas("deployment/redis")) !== "0") throw new Error("not yet");
      });
      child.kill(signal);
      const { code, output } = await ended;
      if (signal === "SIGINT") {
        expect([code, output]).toEqual([1, expect.stringContaining("The drill was ended before its time; what it broke was put right.")]);
      } else {
        expect(await marks()).toEqual(["service/drill-redis"]);
        expect(await startForecastctl(["drill", "restore", "--stack", NAME]).ended).toMatchObject({ code: 0, output: expect.stringContaining(`Put right in ${NAME}: redis.`) });
      }
      expect([await replicas("deployment/redis"), await marks()]).toEqual(["1", []]);
    }
  }, 6 * MINUTE);
});
