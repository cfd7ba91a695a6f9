import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileBackend } from "@forecast-stack/delivery/releases/file-backend.ts";
import { PROJECT } from "@forecast-stack/delivery/releases/release-history.ts";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { forecastctl } from "./support/forecastctl.ts";
import { startPulumiCloud } from "./support/pulumi-cloud.ts";
import { ReleaseLine } from "./support/release-line.ts";
import { ONE_POD_EACH } from "./support/test-stack.ts";

const MINUTE = 60_000;
const NAME = "e2e-rollback";

/** Five releases of every kind of change, and the ways between them. `npm run proof -- rollback` goes them all. */
describe("forecastctl rollback", () => {
  let line: ReleaseLine;

  beforeAll(async () => {
    // Two pods of the API at least, as everywhere where no request may be lost: one alone on a busy machine may answer its probes too late.
    line = await ReleaseLine.begin(NAME, { ...ONE_POD_EACH, "forecast-stack:api": { replicas: 2 } });
  }, 10 * MINUTE);
  afterAll(() => line.remove(), 10 * MINUTE);

  const releases = async () => JSON.parse((await forecastctl(["releases", NAME, "--json"])).output) as { release: number | null; result: string; message: string }[];
  const kubectl = async (...args: string[]) => line.stack.kubectl(args);
  const override = async (data: object) => kubectl("patch", "configmap", "feature-flag-overrides", "--type=merge", "--patch", JSON.stringify({ data }));
  const overrides = async () => JSON.parse((await kubectl("get", "configmap", "feature-flag-overrides", "-o", "jsonpath={.data}")) || "{}") as object;
  const apiReplicas = async () => kubectl("get", "deployment", "api", "-o", "jsonpath={.spec.replicas}");
  const schemaVersion = async () => line.stack.sql("SELECT version FROM schema_version WHERE success ORDER BY installed_rank DESC LIMIT 1");

  it("makes a release of every update that changed something, and none of one that failed", async () => {
    await line.release("replicas", "rule", "dashboard", "flag definition", "larger volumes");
    expect((await line.failToRelease()).ok).toBe(false);
    // Back then means to the release that it failed after, and not past it.
    expect(await line.plan(undefined)).toMatchObject({ from: 2, to: 2, notes: [expect.stringMatching(/^An update after release 2 failed/)] });
    // Tonight's backup is made by the image that works.
    expect(await kubectl("get", "cronjobs", "-o", "jsonpath={.items[*].spec.jobTemplate.spec.template.spec.containers[*].image}")).not.toContain("no-such-tag");
    await override({ CROSS_DOCK_ENABLED: "false" });
    await line.release("image", "migration, expand", "new component", "explicit provider");
    await line.release("migration, contract", "removed component", "rollout step", "resource renamed");
    await line.release("secret rotated");
    const listed = await releases();
    expect(listed.map(({ release, result }) => [release, result])).toEqual([[5, "succeeded"], [4, "succeeded"], [3, "succeeded"], [null, "failed"], [2, "succeeded"], [1, "succeeded"]]);
  }, 12 * MINUTE);

  it("reads the same releases from Pulumi Cloud as from a folder", async () => {
    const cloud = await startPulumiCloud(new FileBackend(process.env["PULUMI_BACKEND_URL"] ?? "", PROJECT), PROJECT);
    const environment = { PULUMI_BACKEND_URL: cloud.url, PULUMI_ACCESS_TOKEN: "a-token-of-this-test", PULUMI_HOME: await mkdtemp(join(tmpdir(), "pulumi-cloud-")) };
    const read = async (backend: Readonly<Record<string, string>>) => {
      const answers = await Promise.all([["releases", NAME], ["releases", "show", "3", "--stack", NAME], ["releases", "diff", "1", "5", "--stack", NAME]].map((args) => forecastctl([...args, "--json"], backend)));
      return answers.map(({ code, output }) => (code === 0 ? withoutFile(JSON.parse(output)) : output));
    };
    expect(await read(environment)).toEqual(await read({}));
    await cloud.close();
    await rm(environment.PULUMI_HOME, { recursive: true });
  }, 2 * MINUTE);

  it("gives the database's role back the password of that release", async () => {
    const rotated = line.newest.password;
    const { report, problems } = await line.goTo(4);
    expect(problems).toEqual([]);
    expect(report.plan.passwords).toEqual(["forecast_app"]);
    // Rollouts wait from the first rollback on, and whoever hears of alerts hears of it.
    expect([report.result.paused, report.result.told]).toEqual([["hybrid"], { sent: true }]);
    const signIn = async (password: string) => kubectl("exec", "postgres-0", "-c", "postgres", "--", "psql", "-Atc", "SELECT 1", `host=127.0.0.1 dbname=forecast user=forecast_app password=${password}`);
    await expect(signIn(rotated)).rejects.toThrow(/password authentication failed/);
  }, 6 * MINUTE);

  it("refuses a release that the database's schema no longer suits, names the migration and what each way out loses, and changes nothing", async () => {
    const before = await releases();
    const { code, output } = await forecastctl(["rollback", "--stack", NAME, "--to", "3", "--yes"]);
    expect(code).toBe(1);
    expect(output).toMatch(/The database's schema is 99\.0\.2, .* migration 99\.0\.2 took away what it needs/);
    expect(output).toContain("--accept-data-loss: 99.0.2: Deletes the numbers of releases.");
    expect(output).toContain("backup restore NAME --keep-schema");
    expect((await line.plan(1, "--undo-migrations")).obstacles).toEqual([{ reason: expect.stringContaining("99.0.1: Deletes all notes. 99.0.2: Deletes the numbers of releases.") }]);
    expect([await releases(), await schemaVersion()]).toEqual([before, "99.0.2"]);
  }, 2 * MINUTE);

  it("goes back to the first release under load without a failed request, its migrations with it, and leaves what its source wants", async () => {
    // Beside another stack's tests; the proof sends more, on a machine of its own.
    const { report, load, problems } = await line.goTo(1, { load: 40, options: ["--undo-migrations", "--accept-data-loss"] });
    expect(problems).toEqual([]);
    expect(report.plan.steps).toContainEqual(expect.objectContaining({ name: "prometheus", reason: "its volumes stay as they are today" }));
    expect(load?.requests).toBeGreaterThan(500);
    expect(report.result.undone).toEqual(["99.0.2", "99.0.1"]);
    expect(await schemaVersion()).not.toMatch(/^99/);
    // What goes for good was backed up first.
    expect(Number(await line.stack.sql("SELECT count(*) FROM backups"))).toBeGreaterThan(0);
    expect(report.result.compared).toBeGreaterThan(60);
    expect(report.result.seconds).toBeLessThan(300);
    // The first release's Job went with the release: it is put back as finished and does not run again.
    expect(report.plan.jobs).toMatchObject({ adopted: [], gone: [expect.stringMatching(/^migrate-/)] });
    expect(await kubectl("get", "pods", "--selector", `job-name=${report.plan.jobs.gone[0] ?? ""}`, "-o", "name")).toBe("");
    // What people have switched off stays off.
    expect([report.plan.flags.then, await overrides()]).toEqual([{}, { CROSS_DOCK_ENABLED: "false" }]);
  }, 8 * MINUTE);

  it("keeps a plain pulumi up from bringing back what was rolled back from, until somebody allows it", async () => {
    const refused = await line.deployAgain(4);
    expect(refused.ok).toBe(false);
    expect(refused.output).toMatch(/This is release \d+, from which/);
    const number = /releases acknowledge (\d+) --stack/.exec(refused.output)?.[1] ?? "";
    expect(await forecastctl(["releases", "acknowledge", number, "--stack", NAME])).toMatchObject({ code: 0, output: `Release ${number} of ${NAME} may be deployed again.\n` });
    expect(await line.changesOf(4)).not.toContainEqual(expect.stringContaining("refused"));
  }, 3 * MINUTE);

  // Where the five kills fall is another place each time: the kills of `npm run proof -- kills` are at random.
  it.each([
    [4, 0.5, ["99.0.1", "99.0.2"], false],
    [5, 0.7, [], true],
    [2, 0.6, [], true],
    [3, 0.8, ["99.0.1"], true],
    [5, 0.3, ["99.0.2"], false],
  ])("goes to release %d and finishes when it is killed after %f of its time", async (number, killAt, missing, unnamed) => {
    const undo = number === 2 ? ["--undo-migrations", "--accept-data-loss"] : [];
    const { killed, problems, report } = await line.goTo(number, { killAt, unnamed, options: undo, previewSource: false });
    expect(problems).toEqual([]);
    // The attempt that was killed may have applied them.
    expect(killed || report.result.applied.length === missing.length).toBe(true);
    expect(await schemaVersion()).toMatch(missing.length === 0 ? /./ : new RegExp(`^${missing.at(-1) ?? ""}$`));
  }, 8 * MINUTE);

  it("shows what was changed by hand, and puts it back unless it is told to keep it", async () => {
    await kubectl("scale", "deployment", "api", "--replicas=2");
    await kubectl("delete", "service", "api-pods");
    const { steps } = await line.plan(5, "--keep-drift");
    expect(steps).toEqual(expect.arrayContaining([expect.objectContaining({ name: "api", reason: "changed by hand (spec.replicas), kept" }), expect.objectContaining({ name: "api-pods", reason: "was deleted by hand" })]));
    const kept = await line.goTo(5, { options: ["--keep-drift"] });
    // Whose source would put it back, were the number not somebody else's now.
    expect(kept.problems).toEqual([expect.stringMatching(/^its source .*field conflict.*\.spec\.replicas/s)]);
    expect(await apiReplicas()).toBe("2");
    expect((await line.goTo(5)).problems).toEqual([]);
    expect(await apiReplicas()).toBe("3");
  }, 8 * MINUTE);

  it("takes back the service alone, with the flags of that release when it is asked to", async () => {
    await override({ CROSS_DOCK_ENABLED: null, SKU_AFFINITY_ENABLED: "false" });
    await line.release("image");
    const image = async () => kubectl("get", "deployment", "api", "-o", "jsonpath={.spec.template.spec.containers[0].image}");
    const changed = await image();
    const { code, output } = await forecastctl(["rollback", "--stack", NAME, "--to", "5", "--only", "forecast-service", "--with-flags", "--yes", "--json"]);
    expect([code, output]).toEqual([0, expect.stringContaining('"mismatches": []')]);
    expect(await image()).not.toBe(changed);
    expect(await overrides()).toEqual({ CROSS_DOCK_ENABLED: "false" });
  }, 6 * MINUTE);

  it("shows a plan and changes nothing when it is asked to, and chooses the last good release when none is named", async () => {
    const before = await releases();
    const { code, output } = await forecastctl(["rollback", "--stack", NAME, "--dry-run", "--json"]);
    expect(code).toBe(0);
    // The newest one that is neither what runs now nor what somebody has rolled back from.
    const chosen = (JSON.parse(output) as { plan: { to: number; from: number } }).plan;
    expect(chosen.to).toBeLessThan(chosen.from);
    expect(await releases()).toEqual(before);
  }, MINUTE);

  it.each<[string, string[], Record<string, string>, RegExp]>([
    ["a release that does not exist", ["--to", "99"], {}, /has no release 99; it has 1 to \d+\./],
    ["a part that the release does not have", ["--to", "1", "--only", "nothing"], {}, /That release has no part nothing; it has .*forecast-service/],
    ["a stack that does not exist", ["--stack", "nowhere"], {}, /There is no history of a stack nowhere/],
    ["the wrong passphrase", ["--to", "1"], { PULUMI_CONFIG_PASSPHRASE: "wrong" }, /The passphrase is not the one/],
    ["losing data by no undo", ["--to", "1", "--accept-data-loss"], {}, /--accept-data-loss says what --undo-migrations may do/],
  ])("refuses %s with one sentence and changes nothing", async (_what, args, environment, sentence) => {
    const before = await releases();
    const { code, output } = await forecastctl(["rollback", "--stack", NAME, "--yes", ...args], environment);
    expect([code, output]).toEqual([1, expect.stringMatching(sentence)]);
    expect(output).not.toContain("    at ");
    expect(await releases()).toEqual(before);
  }, MINUTE);
});

/** What a folder's file has that Pulumi Cloud does not tell: its size and its checksum. */
function withoutFile(printed: unknown): unknown {
  return JSON.parse(JSON.stringify(printed, (key, value: unknown) => (key === "bytes" || key === "checksum" ? undefined : value))) as unknown;
}
