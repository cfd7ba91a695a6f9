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
import { rotateSecret } from "./support/rotate-secret.ts";
import { serviceImage } from "./support/service-image.ts";
import { repository, TestStack } from "./support/test-stack.ts";

const MINUTE = 60_000;
const NAME = "e2e-rollback";

interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

interface Plan {
  readonly jobs: { readonly adopted: string[]; readonly gone: string[] };
  readonly drift: { readonly changed: { readonly name: string; readonly paths: string[] }[] };
  readonly steps: { readonly name: string; readonly operation: string; readonly reason: string }[];
  readonly passwords: string[];
  readonly flags: { readonly then: object; readonly today: object };
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
  const rollBackTo = async (release: number, ...options: string[]) => {
    const { code, output } = await forecastctl(["rollback", "--stack", NAME, "--to", String(release), "--yes", "--json", ...options]);
    if (code !== 0) throw new Error(output);
    return JSON.parse(output) as { result: { seconds: number; compared: number; mismatches: unknown[]; remaining: unknown[] }; plan: Plan };
  };
  const plan = async (release: number, ...options: string[]) => (JSON.parse((await forecastctl(["rollback", "--stack", NAME, "--to", String(release), "--dry-run", "--json", ...options])).output) as { plan: Plan }).plan;
  const override = async (data: object) => stack.kubectl(["patch", "configmap", "feature-flag-overrides", "--type=merge", "--patch", JSON.stringify({ data })]);
  const overrides = async () => JSON.parse((await stack.kubectl(["get", "configmap", "feature-flag-overrides", "-o", "jsonpath={.data}"])) || "{}") as object;
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
    await override({ CROSS_DOCK_ENABLED: "false" });
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
    const { result, plan: taken } = await rollBackTo(1);
    const [readResult, writeResult] = [await reads.stop(), await writes.stop()];
    expect([readResult.failures, writeResult.failures]).toEqual([{}, {}]);
    expect(result).toMatchObject({ mismatches: [], remaining: [] });
    expect(result.compared).toBeGreaterThan(60);
    expect(result.seconds).toBeLessThan(180);
    // The first release's Job went with the release: it is put back as finished and does not run again. Its source wants nothing.
    expect(taken.jobs).toMatchObject({ adopted: [], gone: [expect.stringMatching(/^migrate-/)] });
    expect(await stack.kubectl(["get", "pods", "--selector", `job-name=${taken.jobs.gone[0] ?? ""}`, "-o", "name"])).toBe("");
    expect(await changesOf(settings[0])).toEqual([]);
    // What people have switched off stays off.
    expect([taken.flags.then, await overrides()]).toEqual([{}, { CROSS_DOCK_ENABLED: "false" }]);
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
    expect(await changesOf(settings[3])).toEqual([]);
    expect((await stack.kubectl(["get", "deployments", "-o", "name"])).split("\n")).not.toContain("deployment.apps/redis");
  }, 6 * MINUTE);

  it("shows what was changed by hand, and puts it back unless it is told to keep it", async () => {
    await stack.kubectl(["scale", "deployment", "api", "--replicas=1"]);
    await stack.kubectl(["delete", "service", "api-pods"]);
    const { steps } = await plan(4, "--keep-drift");
    expect(steps).toEqual(expect.arrayContaining([expect.objectContaining({ name: "api", reason: "changed by hand (spec.replicas), kept" }), expect.objectContaining({ name: "api-pods", reason: "was deleted by hand" })]));
    const kept = await rollBackTo(4, "--keep-drift");
    expect(kept.result).toMatchObject({ mismatches: [], remaining: [] });
    expect(await stack.kubectl(["get", "deployment", "api", "-o", "jsonpath={.spec.replicas}"])).toBe("1");
    const back = await rollBackTo(4);
    expect(back.result).toMatchObject({ mismatches: [], remaining: [] });
    expect(await stack.kubectl(["get", "deployment", "api", "-o", "jsonpath={.spec.replicas}"])).toBe("3");
    expect(await changesOf(settings[3])).toEqual([]);
  }, 6 * MINUTE);

  it("takes back the service alone, with the flags of that release when it is asked to", async () => {
    await override({ CROSS_DOCK_ENABLED: null, SKU_AFFINITY_ENABLED: "false" });
    const image = async () => stack.kubectl(["get", "deployment", "api", "-o", "jsonpath={.spec.template.spec.containers[0].image}"]);
    const changed = await image();
    const { result } = await rollBackTo(3, "--only", "forecast-service", "--with-flags");
    expect(result).toMatchObject({ mismatches: [], remaining: [] });
    expect(await image()).not.toBe(changed);
    expect(await overrides()).toEqual({ CROSS_DOCK_ENABLED: "false" });
  }, 4 * MINUTE);

  it("gives the database's role back the password of that release", async () => {
    const newest = (await releases())[0]?.release ?? 0;
    const old = await readSecret(NAME, "appPassword");
    const rotated = await rotateSecret(NAME, "appPassword");
    await stack.sql(`ALTER ROLE forecast_app PASSWORD '${rotated}'`);
    await forecastctl(["releases", "acknowledge", "4", "--stack", NAME]);
    const up = await stack.up(settings[3]);
    if (!up.ok) throw new Error(up.output);
    const { result, plan: taken } = await rollBackTo(newest);
    expect(taken.passwords).toEqual(["forecast_app"]);
    expect(result).toMatchObject({ mismatches: [], remaining: [] });
    const signIn = async (password: string) => stack.kubectl(["exec", "postgres-0", "-c", "postgres", "--", "psql", "-Atc", "SELECT 1", `host=127.0.0.1 dbname=forecast user=forecast_app password=${password}`]);
    expect((await signIn(old)).trim()).toBe("1");
    await expect(signIn(rotated)).rejects.toThrow(/password authentication failed/);
  }, 8 * MINUTE);

  it("chooses the last good release when none is named", async () => {
    const { code, output } = await forecastctl(["rollback", "--stack", NAME, "--dry-run", "--json"]);
    expect(code).toBe(0);
    // The newest one that is neither what runs now nor what somebody has rolled back from.
    const chosen = (JSON.parse(output) as { plan: { to: number; from: number } }).plan;
    expect(chosen.to).toBeLessThan(chosen.from);
  }, MINUTE);

  it.each<[string, string[], Record<string, string>, RegExp]>([
    ["a release that does not exist", ["--to", "99"], {}, /has no release 99; it has 1 to \d+\./],
    ["a part that the release does not have", ["--to", "1", "--only", "nothing"], {}, /That release has no part nothing; it has .*forecast-service/],
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
