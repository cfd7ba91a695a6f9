import { createMetrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import type { FlagMap, FlagMapContent } from "@forecast-stack/flags/config-maps.ts";
import { definitions } from "@forecast-stack/flags/definitions.ts";
import { brokenLink, type FlagChange, leftBy } from "@forecast-stack/flags/flag-history.ts";
import { noteAnnotation } from "@forecast-stack/flags/overrides.ts";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Registry } from "prom-client";
import { asSuperuser } from "../../embedded/provision.ts";
import { createToken } from "../auth/opaque-token.ts";
import { readConfig } from "../platform/config.ts";
import { Database } from "../platform/db.ts";
import { createLog } from "../platform/log.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { startTestService, type TestService, testEnvironment } from "../test-support/test-service.ts";
import { FlagRecorder } from "./flag-recorder.ts";
import { observeMap } from "./observed-map.ts";
import { settledFlags } from "./sql/settled-flags.ts";

const flag = "CROSS_DOCK_ENABLED";
const seenAt = new Date("2026-03-01T12:00:00Z");

describe("the history of the flags", () => {
  let server: TestServer;
  let name: string;
  let app: TestService;
  const workers: { database: Database; recorder: FlagRecorder }[] = [];
  let resourceVersion = 100;

  const sql = (text: string) => asSuperuser(server.superuser, name, (client) => client.query(text));
  const version = (map: FlagMap, data: FlagMapContent["data"], annotations: FlagMapContent["annotations"] = {}) => {
    resourceVersion += 1;
    return observeMap(definitions, map, { data, annotations }, { uid: "u1", resourceVersion: String(resourceVersion), tool: "kubectl-patch", writtenAt: seenAt }, seenAt);
  };
  const overrides = (data: FlagMapContent["data"], annotations: FlagMapContent["annotations"] = {}) => version("overrides", data, annotations);
  /** All of it, from the first change on, page by page. */
  const history = async () => {
    const changes: FlagChange[] = [];
    for (let cursor = ""; ; ) {
      const { body } = await app.get(`/api/flags/history?limit=7${cursor}`);
      changes.push(...(body["changes"] as FlagChange[]));
      if (body["nextCursor"] === null) return changes.reverse();
      cursor = `&cursor=${body["nextCursor"] as string}`;
    }
  };

  beforeAll(async () => {
    server = await startTestServer();
    name = await server.createDatabase();
    app = await startTestService(server, name);
    const config = readConfig(testEnvironment(server, name));
    for (let count = 0; count < 3; count += 1) {
      const database = new Database(config, createMetrics(new Registry(), ["worker"]), createLog({ level: "fatal", role: "worker", version: "test" }), "test");
      workers.push({ database, recorder: new FlagRecorder(database) });
    }
  }, 60_000);
  afterAll(async () => {
    await Promise.all(workers.map(({ database }) => database.close()));
    await app.stop();
    await server.remove();
  });

  it("holds each of 200 quick changes once, in their order, however many workers see them at once", async () => {
    const versions = Array.from({ length: 200 }, (_, index) => overrides({ [flag]: String(index % 2 === 0) }));
    await Promise.all(workers.map(async ({ recorder }) => {
      for (const version of versions) recorder.observe(version);
      await recorder.record();
    }));
    const changes = await history();
    expect(changes.map(({ number, resourceVersion: seen }) => [number, seen])).toEqual(versions.map((one, index) => [index + 1, one.version.resourceVersion]));
    expect(brokenLink(changes)).toBeUndefined();
  }, 60_000);

  it("tells who, why and until when where the command line wrote it", async () => {
    const note = { by: "alex", value: "true", at: "2026-03-01T12:00:00Z", reason: "receiving is stuck", until: "2026-03-01T12:30:00Z" };
    workers[0]?.recorder.observe(overrides({ [flag]: "true" }, { [noteAnnotation(flag)]: JSON.stringify(note) }));
    await workers[0]?.recorder.record();
    expect((await history()).at(-1)).toMatchObject({ flag, before: "false", after: "true", by: "alex", reason: "receiving is stuck", until: "2026-03-01T12:30:00.000Z", tool: "kubectl-patch", changedAt: seenAt.toISOString() });
  });

  it("keeps what changed while the database was away, and what another worker missed", async () => {
    const change = overrides({ [flag]: "false" });
    await sql("ALTER TABLE flag_changes RENAME TO flag_changes_away");
    workers[0]?.recorder.observe(change);
    await expect(workers[0]?.recorder.record()).rejects.toThrow("flag_changes");
    await sql("ALTER TABLE flag_changes_away RENAME TO flag_changes");
    await workers[0]?.recorder.record();
    expect((await history()).at(-1)).toMatchObject({ after: "false", resourceVersion: change.version.resourceVersion });
    const [later, latest] = [overrides({ [flag]: "true" }), overrides({ [flag]: "false" })];
    // The second worker sees nothing new in the latest version; the first one is ended after the one before it.
    workers[1]?.recorder.observe(latest);
    await workers[1]?.recorder.record();
    workers[0]?.recorder.observe(later);
    await workers[0]?.recorder.record();
    await workers[1]?.recorder.record();
    expect(leftBy(await history(), "overrides")).toEqual(new Map([[flag, "false"]]));
  });

  it("knows of which flags everybody has the same value: by an override without an end or by a rollout to 100 %", async () => {
    const record = async (observed: ReturnType<typeof version>) => {
      workers[0]?.recorder.observe(observed);
      await workers[0]?.recorder.record();
    };
    const rollout = (name: string, of: string, weight: number, cohort = "") => ({ [name]: `flag: ${of}\nvariant: "on"\n${cohort}`, [`${name}.status`]: `weight: ${weight}` });
    const until = { by: "alex", value: "false", at: "2026-03-01T12:00:00Z", until: "2026-03-01T12:30:00Z" };
    await record(overrides({ [flag]: "false", ML_MODEL_ENABLED: "false" }, { [noteAnnotation("ML_MODEL_ENABLED")]: JSON.stringify(until) }));
    await record(version("rollouts", { ...rollout("whole", "ENABLE_HYBRID_FORECASTING", 100), ...rollout("half", "ENABLE_PREDICTIVE_PREFETCH", 50), ...rollout("some", "STATISTICAL_ANALYSIS_ENABLED", 100, "cohort: [default:main]\n") }));
    const database = workers[0]?.database as Database;
    const settled = async () => (await settledFlags(database)).map((one) => one.flag).sort();
    expect(await settled()).toEqual([flag, "ENABLE_HYBRID_FORECASTING"]);
    await record(version("rollouts", rollout("whole", "ENABLE_HYBRID_FORECASTING", 0)));
    await record(overrides({}));
    expect(await settled()).toEqual([]);
    await record(overrides({ [flag]: "false" }));
    expect(await settledFlags(database)).toEqual([{ flag, since: seenAt }]);
  });

  it("is read for one flag alone, and by administrators alone", async () => {
    expect((await app.get("/api/flags/history?flag=SKU_AFFINITY_ENABLED")).body).toEqual({ changes: [], nextCursor: null });
    expect((await app.get("/api/flags/history?flag=nope")).status).toBe(400);
    expect((await app.get("/api/flags/history?cursor=nope")).status).toBe(400);
  });

  it("is of the whole installation: administrators of another tenant are refused", async () => {
    const { token, hash } = createToken("service", "other");
    await sql(`INSERT INTO tenants (tenant_id, name) VALUES ('other', 'Other'); INSERT INTO service_tokens (tenant_id, name, role, created_by, token_hash) VALUES ('other', 'elsewhere', 'admin', 'test', '\\x${hash.toString("hex")}')`);
    expect((await app.send("GET", "/api/flags/history", { token })).status).toBe(403);
    expect((await app.send("GET", "/api/items", { token })).status).toBe(200);
  });

  it("is only ever added to, and shows what somebody with all rights altered all the same", async () => {
    await expect(workers[0]?.database.query("test", "UPDATE flag_changes SET changed_by = 'somebody else'")).rejects.toThrow("permission denied");
    await expect(sql("UPDATE flag_changes SET changed_by = 'somebody else' WHERE change_no = 5")).rejects.toThrow("append-only");
    await sql("ALTER TABLE flag_changes DISABLE TRIGGER append_only; UPDATE flag_changes SET changed_by = 'somebody else' WHERE change_no = 5");
    expect(brokenLink(await history())).toContain("Change 5 ");
    await sql("UPDATE flag_changes SET changed_by = 'unknown' WHERE change_no = 5; DELETE FROM flag_changes WHERE change_no = 9");
    expect(brokenLink(await history())).toBe("Change 9 is missing: after 8 comes 10.");
  });
});
