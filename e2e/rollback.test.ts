import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { until } from "@forecast-stack/local/cluster/until.ts";
import { readSecret } from "@forecast-stack/local/stack/backend.ts";
import { ForecastApi } from "@forecast-stack/local/stack/forecast-job.ts";
import { Load } from "./support/load.ts";
import { serviceImage } from "./support/service-image.ts";
import { repository, TestStack } from "./support/test-stack.ts";

const MINUTE = 60_000;
const NAME = "e2e-rollback";

interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** Releases made of real changes, and the way back to each of them. */
describe("forecastctl rollback", () => {
  let stack: TestStack;
  let url: string;
  let token: string;
  /** The settings that each release was made with, from release 1. */
  const settings: Record<string, unknown>[] = [{}];

  beforeAll(async () => {
    stack = await TestStack.create(NAME);
    expect(await stack.up(settings[0])).toMatchObject({ ok: true });
    url = await stack.serviceUrl("api", 4000);
    token = await readSecret(NAME, "serviceToken");
    const api = new ForecastApi(url, token);
    await api.ready();
    await api.importSample();
    await api.forecast(() => undefined);
  }, 8 * MINUTE);
  afterAll(() => stack.remove(), 10 * MINUTE);

  const forecastctl = async (args: readonly string[], environment: Record<string, string> = {}): Promise<Outcome> => {
    const child = spawn(process.execPath, [join(repository, "delivery", "bin", "forecastctl"), ...args], { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, output };
  };
  const releases = async () => JSON.parse((await forecastctl(["releases", NAME, "--json"])).output) as { release: number | null; result: string; message: string }[];
  const rollBackTo = async (release: number) => {
    const { code, output } = await forecastctl(["rollback", "--stack", NAME, "--to", String(release), "--yes", "--json"]);
    if (code !== 0) throw new Error(output);
    return JSON.parse(output) as { result: { seconds: number; compared: number; mismatches: unknown[]; remaining: unknown[] }; plan: { jobs: { adopted: string[]; gone: string[] } } };
  };
  const forecasts = async () => ((await (await fetch(`${url}/api/forecasts?limit=200`, { headers: { authorization: `Bearer ${token}` } })).json()) as { forecasts: unknown[] }).forecasts;
  /** What a preview of the source with these settings would change, less what belongs to no cluster. */
  const changesOf = async (given: Record<string, unknown> | undefined) => {
    const { ok, output } = await stack.preview(given, "--json");
    if (!ok) throw new Error(output);
    const { steps } = JSON.parse(output.slice(output.indexOf("{"))) as { steps: { op: string; urn: string }[] };
    return steps.filter(({ op, urn }) => op !== "same" && op !== "read" && !urn.includes("::pulumi:pulumi:Stack::")).map(({ op, urn }) => `${op} ${urn.slice(urn.lastIndexOf("::") + 2)}`);
  };
  const release = async (change: Record<string, unknown>) => {
    const next = { ...settings.at(-1), ...change };
    const result = await stack.up(next);
    if (!result.ok) throw new Error(result.output);
    settings.push(next);
  };

  it("makes a release of every update that changed something, and none of one that failed", async () => {
    await release({ "forecast-stack:logLevel": "debug" });
    expect((await stack.up({ ...settings.at(-1), "forecast-stack:images": { "forecast-service": "forecast-stack.local/forecast-service:no-such-tag" }, "forecast-stack:readyTimeoutSeconds": 40 })).ok).toBe(false);
    await release({ "forecast-stack:redis": { enabled: false }, "forecast-stack:api": { replicas: 3 } });
    await release({ "forecast-stack:worker": { replicas: 1 }, "forecast-stack:images": { "forecast-service": await changedImage() } });
    const listed = await releases();
    expect(listed.map(({ release: number, result }) => [number, result])).toEqual([[4, "succeeded"], [3, "succeeded"], [null, "failed"], [2, "succeeded"], [1, "succeeded"]]);
  }, 8 * MINUTE);

  it("shows a plan and changes nothing when it is asked to", async () => {
    const { code, output } = await forecastctl(["rollback", "--stack", NAME, "--to", "1", "--dry-run"]);
    expect(code).toBe(0);
    expect(output).toMatch(/redis +Deployment +created/);
    expect(output).toMatch(/api +Deployment +updated/);
    expect(await releases()).toHaveLength(5);
  }, MINUTE);

  it("goes back to the first release under load without a failed request, proves it, and leaves what its source wants", async () => {
    const before = await forecasts();
    const reads = new Load(`${url}/api/forecasts?limit=5`, 90, token);
    const writes = new Load(`${url}/api/items/import`, 10, token, "sku,name\nSKU-0001,Item of the load\n");
    const { result, plan } = await rollBackTo(1);
    const [readResult, writeResult] = [await reads.stop(), await writes.stop()];
    expect([readResult.failures, writeResult.failures]).toEqual([{}, {}]);
    expect(result).toMatchObject({ mismatches: [], remaining: [] });
    expect(result.compared).toBeGreaterThan(60);
    expect(result.seconds).toBeLessThan(180);
    // The first release's Job went with the release: it is not made, and so not run, again. Its source wants nothing else.
    expect(plan.jobs).toMatchObject({ adopted: [], gone: [expect.stringMatching(/^migrate-/)] });
    expect(await changesOf(settings[0])).toEqual([expect.stringMatching(/^create migrate-/)]);
    expect(await forecasts()).toEqual(before);
  }, 6 * MINUTE);

  it("keeps a plain pulumi up from bringing back what was rolled back from, until somebody allows it", async () => {
    const refused = await stack.up(settings[3]);
    expect(refused.ok).toBe(false);
    expect(refused.output).toContain(`This is release 4, from which`);
    expect(await forecastctl(["releases", "acknowledge", "4", "--stack", NAME])).toMatchObject({ code: 0, output: `Release 4 of ${NAME} may be deployed again.\n` });
    expect((await stack.preview(settings[3])).ok).toBe(true);
  }, 2 * MINUTE);

  it("goes forward again, and finishes when it is killed on the way", async () => {
    const child = spawn(process.execPath, [join(repository, "delivery", "bin", "forecastctl"), "rollback", "--stack", NAME, "--to", "4", "--yes", "--json"], { stdio: "ignore", detached: true });
    await until("the replay to change something", MINUTE, async () => {
      if ((await stack.kubectl(["get", "deployment", "api", "-o", "jsonpath={.spec.replicas}"])) !== "3") throw new Error("not yet");
    });
    // The whole group: pulumi too.
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await once(child, "close");
    const { result } = await rollBackTo(4);
    expect(result).toMatchObject({ mismatches: [], remaining: [] });
    expect(await changesOf(settings[3])).toEqual([expect.stringMatching(/^create migrate-/)]);
    expect((await stack.kubectl(["get", "deployments", "-o", "name"])).split("\n")).not.toContain("deployment.apps/redis");
  }, 6 * MINUTE);

  it("chooses the last good release when none is named", async () => {
    const { code, output } = await forecastctl(["rollback", "--stack", NAME, "--dry-run", "--json"]);
    expect(code).toBe(0);
    // 5 is the first release again, from which was rolled back; 4 is what runs.
    expect((JSON.parse(output) as { plan: { to: number } }).plan.to).toBe(3);
  }, MINUTE);

  it.each<[string, string[], Record<string, string>, RegExp]>([
    ["a release that does not exist", ["--to", "99"], {}, /has no release 99; it has 1 to \d+\./],
    ["a stack that does not exist", ["--stack", "nowhere"], {}, /There is no history of a stack nowhere/],
    ["the wrong passphrase", ["--to", "1"], { PULUMI_CONFIG_PASSPHRASE: "wrong" }, /The passphrase is not the one/],
  ])("refuses %s with one sentence and changes nothing", async (_what, args, environment, sentence) => {
    const before = await releases();
    const { code, output } = await forecastctl(["rollback", "--stack", NAME, "--yes", ...args], environment);
    expect([code, output]).toEqual([1, expect.stringMatching(sentence)]);
    expect(output).not.toContain("    at ");
    expect(await releases()).toEqual(before);
  }, MINUTE);
});

/** The service's image with a byte more, so that it is another one. */
async function changedImage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "changed-image-"));
  try {
    await cp(join(repository, "app", "dist"), folder, { recursive: true });
    await writeFile(join(folder, "CHANGED"), "another release\n");
    return await serviceImage(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
