import { userInfo } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { forecastctl } from "./support/forecastctl.ts";
import { toldOf } from "./support/inbox.ts";
import { ONE_POD_EACH, templateSettings, TestStack } from "./support/test-stack.ts";

const MINUTE = 60_000;
const NAME = "e2e-deploy";

interface Update {
  readonly who: string | null;
  readonly release: number | null;
  readonly result: string;
  readonly message: string;
  readonly changes: number;
}

describe("forecastctl deploy", () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await TestStack.create(NAME);
    await track();
  }, MINUTE);
  afterAll(() => stack.remove(), 10 * MINUTE);

  /** The stack's file in the checkout: what no deploy needs is left out of the stack. */
  const track = async (settings: Record<string, unknown> = {}) => stack.track({ ...ONE_POD_EACH, "forecast-stack:redis": { enabled: false }, ...(await changed("monitoring", { nodeExporter: false, kubeStateMetrics: false })), ...settings });
  const deploy = (...args: string[]) => forecastctl(["deploy", NAME, ...args]);
  const updates = async () => JSON.parse((await forecastctl(["releases", NAME, "--json"])).output) as Update[];
  const backups = async () => JSON.parse((await forecastctl(["backup", "list", "--stack", NAME, "--json"])).output) as unknown[];
  /** Part of a setting of the stack's template, with other values. */
  const changed = async (name: string, values: object) => ({ [`forecast-stack:${name}`]: { ...((await templateSettings("dev"))[`forecast-stack:${name}`] as object), ...values } });
  const steps = (output: string) => [...new Set([...output.matchAll(/^.*?\b(\d)\. [A-Z]/gm)].map(([, number]) => Number(number)))];

  it("shows with --dry-run what a new stack would get, and changes nothing", async () => {
    const { code, output } = await deploy("--dry-run");
    expect([code, output]).toEqual([0, expect.stringMatching(/e2e-deploy: \d+ create; migrations to apply: 0\.0\.1, /)]);
    expect(output).toContain("2. Build of the service: not in a dry run");
    expect(await stack.kubectl(["get", "namespace", stack.namespace, "--ignore-not-found"])).toBe("");
    expect(JSON.parse(await stack.state())).toMatchObject({ deployment: expect.not.objectContaining({ resources: expect.anything() }) });
  }, 3 * MINUTE);

  it("makes the first release in eight steps, with the sample catalogue at the end, and tells people", async () => {
    const { code, output } = await deploy("--yes", "--message", "The first one", "--test-data");
    expect(`${output}exit code ${code}`).toMatch(/Release 1 of e2e-deploy: The first one[\s\S]*Validation: UNKNOWN\.[\s\S]*exit code 0$/);
    expect(steps(output)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(output).toMatch(/5\. Backup of the database.*skipped: there is no release yet/);
    expect(await stack.sql("SELECT count(*) FROM items")).toBe("127");
    expect(await toldOf(stack, "the first release", ({ annotations }) => annotations["summary"] === "Release 1 of e2e-deploy is deployed")).toMatchObject({ labels: { severity: "info" }, annotations: { description: expect.stringContaining("The first one") } });
  }, 10 * MINUTE);

  it("backs the database up before the next release, which the history shows with what is different", async () => {
    await track({ "forecast-stack:logLevel": "debug" });
    expect(await backups()).toEqual([]);
    const { code, output } = await deploy("--yes", "--message", "More is logged", "--skip-build");
    expect(output).toMatch(/migrations to apply: none[\s\S]*update +Deployment api[\s\S]*Release 2 of e2e-deploy: More is logged/);
    expect(code).toBe(0);
    expect(await backups()).toHaveLength(1);
    expect(await updates()).toMatchObject([{ who: userInfo().username, release: 2, result: "succeeded", message: expect.stringContaining("More is logged") }, { release: 1 }]);
    expect(await forecastctl(["releases", "diff", "1", "2", "--stack", NAME])).toMatchObject({ code: 0, output: expect.stringMatching(/logLevel\s+info → debug/) });
    expect((await forecastctl(["releases", "show", "2", "--stack", NAME])).output).toContain("More is logged");
  }, 8 * MINUTE);

  it("has each release watched from inside the cluster, until its window is full or another one has come, and tells people the verdict", async () => {
    const jobs = async () => (await stack.kubectl(["get", "jobs", "--selector", "app.kubernetes.io/component=validation", "-o", "jsonpath={.items[*].metadata.name}"])).split(" ").sort();
    expect(await jobs()).toEqual([expect.stringMatching(/^validate-release-1-/), expect.stringMatching(/^validate-release-2-/)]);
    const { code, output } = await forecastctl(["validate", "--stack", NAME, "--job", "--window", "1m"]);
    expect([code, output]).toEqual([0, expect.stringMatching(/^The Job validate-release-2-\w+ watches release 2 for 1 minutes and tells the stack's channels: kubectl /)]);
    const job = `job/${output.split(" ")[2] ?? ""}`;
    await stack.kubectl(["wait", "--for=condition=complete", job, "--timeout=240s"]);
    const decision = /^# Release 2 of e2e-deploy: (.+)$/m.exec(await stack.kubectl(["logs", job]))?.[1] ?? "";
    expect(decision).toMatch(/^(GO|NO-GO|UNKNOWN)$/);
    expect(await toldOf(stack, "the verdict", ({ annotations }) => annotations["summary"] === `Release 2 of e2e-deploy: ${decision}`)).toMatchObject({ receiver: "notices" });
  }, 6 * MINUTE);

  it("does not replace what holds data unless it is named", async () => {
    await track({ "forecast-stack:logLevel": "debug", ...(await changed("postgres", { mode: "external", host: "database.example" })) });
    const refused = await deploy("--yes", "--skip-build");
    expect([refused.code, refused.output]).toEqual([1, expect.stringMatching(/This is not deployed:\n +postgres: the StatefulSet holds data and would be deleted: name it with --allow if that is meant \(keep-data\)\./)]);
    expect(steps(refused.output)).toEqual([1, 2, 3, 4]);
    expect(await deploy("--dry-run", "--allow", "postgres")).toMatchObject({ code: 0 });
    await track({ "forecast-stack:logLevel": "debug", ...(await changed("postgres", { storage: "6Gi" })) });
    const impossible = await deploy("--dry-run");
    expect([impossible.code, impossible.output]).toEqual([1, expect.stringMatching(/nothing was changed\.\n +.*StatefulSet\.apps "postgres" is invalid: spec: Forbidden/)]);
    expect(await updates()).toHaveLength(2);
  }, 5 * MINUTE);

  it("does not announce an old release when nothing is different", async () => {
    await track({ "forecast-stack:logLevel": "debug" });
    const { code, output } = await deploy("--yes", "--skip-build");
    expect([code, output]).toEqual([0, expect.stringMatching(/Nothing was different: e2e-deploy stays at release 2\.\n$/)]);
    expect((await updates()).filter(({ release }) => release !== null)).toHaveLength(2);
  }, 4 * MINUTE);

  it("does not go on without the backup that it ought to make", async () => {
    const before = await updates();
    const { metadata, ...schedule } = JSON.parse(await stack.kubectl(["get", "cronjob", "backup", "-o", "json", "--show-managed-fields"])) as { metadata: { name: string; labels: object; managedFields: { manager: string; operation: string }[] } };
    const pulumi = metadata.managedFields.find(({ operation }) => operation === "Apply")?.manager ?? "";
    await stack.kubectl(["delete", "cronjob", "backup"]);
    const { code, output } = await deploy("--yes", "--skip-build");
    // In Pulumi's name, as it was: its next update would find the fields of somebody else.
    await stack.kubectl(["apply", "--server-side", "--field-manager", pulumi, "--filename", "-"], JSON.stringify({ ...schedule, metadata: { name: metadata.name, labels: metadata.labels } }));
    expect([code, output]).toEqual([1, expect.stringMatching(/The database cannot be backed up: the CronJob backup, .* forecastctl rollback --to 2 --stack e2e-deploy puts it back\./)]);
    expect(await updates()).toEqual(before);
  }, 4 * MINUTE);

  it("leaves the old version at work when the new one does not start, and tells people that it failed", async () => {
    await track({ "forecast-stack:logLevel": "debug", "forecast-stack:images": { "forecast-service": "forecast-stack.local/forecast-service:no-such-tag" }, "forecast-stack:readyTimeoutSeconds": 40 });
    const { code, output } = await deploy("--yes", "--skip-build");
    expect([code, output]).toEqual([1, expect.stringContaining(`pulumi up --stack ${NAME} failed:`)]);
    expect(output).not.toContain("    at ");
    expect(await toldOf(stack, "the failed deploy", ({ annotations }) => annotations["summary"] === "The deploy to e2e-deploy failed")).toMatchObject({ labels: { severity: "warning" } });
    expect(await updates()).toMatchObject([{ release: null, result: "failed" }, { release: null, changes: 0 }, { release: 2 }, { release: 1 }]);
    expect((await fetch(`${await stack.serviceUrl("api", 4000)}/api/health`)).status).toBe(200);
  }, 8 * MINUTE);
});
