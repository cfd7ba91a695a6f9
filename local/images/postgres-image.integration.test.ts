import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chown, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";

import { run } from "../run.ts";
import { buildImages } from "./build-images.ts";
import { blobFile, findRef, imageBlobs } from "./image-store.ts";

const POSTGRES_ID = 999;
const PATH = "/usr/local/bin:/usr/bin:/usr/lib/postgresql/15/bin";
const READY = "ready to accept connections";

let cacheDir: string;
let root: string;

/** Unpacks an image's layers, as a container runtime does. */
async function unpackImage(ref: string, directory: string): Promise<void> {
  const manifest = await findRef(cacheDir, ref);
  if (manifest === undefined) throw new Error(`${ref} was not built`);
  for (const blob of await imageBlobs(cacheDir, manifest)) {
    if (blob.mediaType.includes("layer")) await run("tar", ["--extract", "--keep-directory-symlink", "-C", directory, "-f", blobFile(cacheDir, blob.digest)]);
  }
}

beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "postgres-image-"));
  root = join(cacheDir, "root");
  await mkdir(root);
  const { postgres } = await buildImages({ cacheDir, inputs: {}, roles: ["postgres"], report: () => undefined });
  await unpackImage(postgres ?? "", root);
  await writeFile(join(root, "docker-entrypoint-initdb.d/10-stock.sql"), "CREATE EXTENSION pg_stat_statements; CREATE TABLE stock AS SELECT 7 AS pieces;");
  await writeFile(join(root, "docker-entrypoint-initdb.d/20-role.sh"), `psql -v ON_ERROR_STOP=1 -c "CREATE ROLE forecast_app LOGIN"\n`);
}, 180_000);
afterAll(() => rm(cacheDir, { recursive: true, force: true }));

let server: Server | undefined;
beforeEach(async () => {
  const data = join(root, "var/lib/postgresql/data");
  await rm(data, { recursive: true, force: true });
  await mkdir(data);
  await chown(data, POSTGRES_ID, POSTGRES_ID);
});
afterEach(async () => {
  await server?.end("SIGKILL");
  server = undefined;
});

const pgdata = (path: string): string => join(root, "var/lib/postgresql/data", path);

/** The image's entrypoint with process and network namespaces of its own: a kill ends all of it, like a container's. */
class Server {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #lines: string[] = [];
  #watcher: () => void = () => undefined;

  constructor(environment: Readonly<Record<string, string>>) {
    const variables = Object.entries({ PATH, LANG: "C.UTF-8", PGDATA: "/var/lib/postgresql/data", ...environment }).map(([name, value]) => `${name}=${value}`);
    // The shell stays, as root: --kill-child reaches no process that changed its account.
    const script = 'mount --rbind /dev "$0/dev" && mount -t proc proc "$0/proc" && env -i "$@"; exit $?';
    const command = [...variables, "/usr/sbin/chroot", `--userspec=${POSTGRES_ID}:${POSTGRES_ID}`, root, "docker-entrypoint.sh", "postgres", "-c", "listen_addresses="];
    this.#child = spawn("unshare", ["--mount", "--pid", "--net", "--fork", "--kill-child", "sh", "-c", script, root, ...command], { stdio: ["ignore", "pipe", "pipe"] });
    this.#ended = once(this.#child, "close");
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream === null) continue;
      createInterface(stream).on("line", (line) => {
        this.#lines.push(line);
        this.#watcher();
      });
    }
  }

  /** Resolves when `text` has been said `times` times; fails with all output when the server ends before. */
  async says(text: string, times = 1): Promise<void> {
    const said = new Promise<void>((resolve) => {
      this.#watcher = () => {
        if (this.#lines.filter((line) => line.includes(text)).length >= times) resolve();
      };
      this.#watcher();
    });
    const failed = this.#ended.then(() => Promise.reject(new Error(this.output())));
    await Promise.race([said, failed]);
  }

  output(): string {
    return this.#lines.join("\n");
  }

  async exitCode(): Promise<number | null> {
    await this.#ended;
    return this.#child.exitCode;
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.#child.kill(signal);
    await this.#ended;
  }
}

const environment = { POSTGRES_PASSWORD: "secret", POSTGRES_DB: "forecast" };

function start(variables: Readonly<Record<string, string>> = environment): Server {
  server = new Server(variables);
  return server;
}

async function query(sql: string): Promise<string> {
  const psql = ["psql", "-U", "postgres", "-h", "/var/run/postgresql", "-d", "forecast", "-tAc", sql];
  return (await run("chroot", [root, "env", `PATH=${PATH}`, ...psql])).trim();
}

async function expectWholeDatabase(): Promise<void> {
  expect(await query("SELECT pieces FROM stock")).toBe("7");
  expect(await query("SELECT count(*) FROM pg_roles WHERE rolname = 'forecast_app'")).toBe("1");
}

describe("the Postgres image", () => {
  it("makes the database on its first start, with its scripts and extensions, and finds it on the second", async () => {
    await start().says(READY, 2);
    await expectWholeDatabase();
    expect(await query("SELECT count(*) FROM pg_available_extensions WHERE name IN ('uuid-ossp', 'pg_stat_statements')")).toBe("2");
    await server?.end("SIGKILL");
    await start({}).says(READY);
    await expectWholeDatabase();
  }, 60_000);

  it.each(["performing post-bootstrap initialization", "running /docker-entrypoint-initdb.d/20-role.sh"])(
    'begins anew when its first start was killed at "%s"',
    async (moment) => {
      await start().says(moment);
      await server?.end("SIGKILL");
      await start().says(READY, 2);
      await expectWholeDatabase();
    },
    60_000,
  );

  it("begins anew when its first start was killed while the new cluster was put in its place", async () => {
    await start().says(READY, 2);
    await server?.end("SIGKILL");
    await mkdir(pgdata(".initialising"));
    await rename(pgdata("PG_VERSION"), pgdata(".initialising/PG_VERSION"));
    await rename(pgdata("base"), pgdata(".initialising/base"));
    await chown(pgdata(".initialising"), POSTGRES_ID, POSTGRES_ID);
    await start().says(READY, 2);
    await expectWholeDatabase();
  }, 60_000);

  it("leaves a directory alone that holds something else", async () => {
    await writeFile(pgdata("photos.tar"), "precious");
    expect(await start().exitCode()).toBe(1);
    expect(server?.output()).toContain("/var/lib/postgresql/data is not empty and holds no database");
  });

  it("says what it lacks when no password is given", async () => {
    expect(await start({ POSTGRES_DB: "forecast" }).exitCode()).toBe(1);
    expect(server?.output()).toContain("POSTGRES_PASSWORD");
  });
});
