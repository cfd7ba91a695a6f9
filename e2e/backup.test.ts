import { copyFile, readdir, readFile, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { forecastctl } from "./support/forecastctl.ts";
import { S3Gateway } from "./support/s3-gateway.ts";
import { serviceImage } from "./support/service-image.ts";
import { rotateSecret, setSecrets } from "./support/stack-secrets.ts";
import { repository, TestStack } from "./support/test-stack.ts";

const MINUTE = 60_000;
const NAME = "e2e-backup";
const BUCKET = "backups";
/** Rows that take a backup long enough to be disturbed in the middle. */
const ROWS = 400_000;
/** Stops the process of Postgres that reads rows for a backup as soon as there is one, within a minute. */
const HOLD_THE_DUMP = `
  deadline=$(($(date +%s) + 60))
  while [ "$(date +%s)" -lt "$deadline" ]; do
    pid=$(psql -U postgres -Atc "SELECT pid FROM pg_stat_activity WHERE application_name = 'forecast-backup' AND query LIKE 'COPY%'")
    if [ -n "$pid" ]; then kill -STOP "$pid"; exit; fi
  done
  exit 1`;

/** Backups of a stack in a bucket of a real S3 server that runs on the node. */
describe("forecastctl backup", () => {
  let stack: TestStack;
  let gateway: S3Gateway;
  let settings: Record<string, unknown>;

  beforeAll(async () => {
    gateway = await S3Gateway.start(BUCKET, 64);
    stack = await TestStack.create(NAME);
    await setSecrets(NAME, { backupS3AccessKeyId: gateway.accessKeyId, backupS3SecretAccessKey: gateway.secretAccessKey });
    settings = {
      "forecast-stack:images": { "forecast-service": await serviceImage(join(repository, "app", "dist")) },
      "forecast-stack:backup": { keepNewest: 1, s3: { bucket: BUCKET, endpoint: gateway.endpoint } },
    };
    const { ok, output } = await stack.up(settings);
    if (!ok) throw new Error(output);
    await stack.sql("INSERT INTO items (tenant_id, sku, name) SELECT 'default', 'sku-' || n, 'Item ' || n FROM generate_series(1, 1000) n");
    await stack.sql(`INSERT INTO demand_history SELECT 'default', 'main', material_id, date '2025-01-01' + day, floor(random() * 40) FROM items, generate_series(0, ${ROWS / 1_000 - 1}) day`);
  }, 15 * MINUTE);
  afterAll(async () => {
    await stack.remove();
    await gateway.stop();
  }, 10 * MINUTE);

  const backup = async (...args: string[]) => forecastctl(["backup", ...args, "--stack", NAME]);
  const names = async () => (JSON.parse((await backup("list", "--json")).output) as { name: string }[]).map(({ name }) => name);
  const rows = async () => stack.sql("SELECT count(*) FROM demand_history");
  const databases = async () => stack.sql("SELECT count(*) FROM pg_database WHERE datname LIKE 'forecast\\_restored%' OR datname LIKE 'forecast\\_verify%'");

  it("keeps a backup in the bucket, verifies it, and brings its rows back while what was there stays beside them", async () => {
    const made = await backup("create");
    expect(made).toMatchObject({ code: 0, output: expect.stringMatching(/forecast-\d{8}T\d{6}Z/) });
    expect((await readdir(join(gateway.volume, BUCKET, NAME))).map((file) => file.replace(/^.*\./, "")).sort()).toEqual(["age", "json"]);
    expect(await backup("verify")).toMatchObject({ code: 0, output: expect.stringMatching(/has all its 4\d{5} rows\./) });
    await stack.sql("DELETE FROM demand_history");
    const { code, output } = await backup("restore", "--yes", "--json");
    expect(code).toBe(0);
    const { kept } = JSON.parse(output) as { kept: string };
    expect(await rows()).toBe(String(ROWS));
    expect(await stack.kubectl(["exec", "postgres-0", "-c", "postgres", "--", "psql", "-U", "postgres", "-d", kept, "-Atc", "SELECT count(*) FROM demand_history"])).toMatch(/^0\s*$/);
    await stack.sql(`DROP DATABASE ${kept}`);
  }, 8 * MINUTE);

  it("removes from the bucket what is kept longer than wanted, and shows what is damaged without choosing it", async () => {
    const folder = join(gateway.volume, BUCKET, NAME);
    const [newest = ""] = await names();
    const [old, damaged] = ["forecast-20200101T013000Z", "forecast-20990101T013000Z"];
    const manifest = JSON.parse(await readFile(join(folder, `${newest}.json`), "utf8")) as object;
    for (const name of [old, damaged]) await copyFile(join(folder, `${newest}.age`), join(folder, `${name}.age`));
    await writeFile(join(folder, `${old}.json`), JSON.stringify({ ...manifest, name: old, createdAt: "2020-01-01T01:30:00.000Z", checked: null }));
    await writeFile(join(folder, `${damaged}.json`), "{");
    expect(await names()).toEqual([old, newest, damaged]);
    expect(await backup("prune")).toMatchObject({ code: 0, output: expect.stringContaining(old) });
    expect((await backup("list")).output).toContain(`1 damaged, of which nothing but the name can be read: ${damaged}.`);
    for (const suffix of ["age", "json"]) await rm(join(folder, `${damaged}.${suffix}`));
    expect((await readdir(folder)).sort()).toEqual([`${newest}.age`, `${newest}.json`]);
  }, 6 * MINUTE);

  it("leaves no backup that is half when Postgres is killed while it is made, and earlier ones as they were", async () => {
    const before = await names();
    const attempt = backup("create");
    // Held in the middle until the pod is gone: the whole dump takes less time than to tell the cluster to delete one.
    await stack.kubectl(["exec", "postgres-0", "-c", "postgres", "--", "sh", "-c", HOLD_THE_DUMP]);
    await stack.kubectl(["delete", "pod", "postgres-0", "--grace-period=0", "--force"]);
    const { code, output } = await attempt;
    expect(code).toBe(1);
    expect(output).not.toContain("    at ");
    await stack.kubectl(["wait", "pod/postgres-0", "--for=condition=Ready", "--timeout=120s"]);
    expect(await names()).toEqual(before);
    expect(await rows()).toBe(String(ROWS));
  }, 6 * MINUTE);

  it("says that there is no room when the store is full, and keeps the earlier backups", async () => {
    const before = await names();
    const filler = join(gateway.volume, "filler");
    const { bavail, bsize } = await statfs(gateway.volume);
    await writeFile(filler, Buffer.alloc(bavail * bsize - 300_000));
    const { code, output } = await backup("create");
    await rm(filler);
    expect([code, output]).toEqual([74, expect.stringMatching(/s3:\/\/backups\/e2e-backup\/ does not do what it is asked/)]);
    expect(await names()).toEqual(before);
    expect((await backup("verify")).code).toBe(0);
  }, 6 * MINUTE);

  it("refuses to restore with another key, and changes nothing", async () => {
    await rotateSecret(NAME, "backupKey");
    const { ok, output: log } = await stack.up(settings);
    if (!ok) throw new Error(log);
    const { code, output } = await backup("restore", "--yes");
    expect([code, output]).toEqual([77, expect.stringContaining("The key is not the one that this backup was made with; nothing was changed.")]);
    expect([await rows(), await databases()]).toEqual([String(ROWS), "0"]);
  }, 8 * MINUTE);
});
