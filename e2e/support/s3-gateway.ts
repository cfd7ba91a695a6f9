import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { access, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@forecast-stack/local/cluster/until.ts";
import { cluster } from "@forecast-stack/local/cluster/layout.ts";
import { paths } from "@forecast-stack/local/paths.ts";
import { run } from "@forecast-stack/local/run.ts";
import { goEnvironment } from "@forecast-stack/local/toolchain/build.ts";

const pins = join(import.meta.dirname, "..", "s3");
const SERVER = "github.com/versity/versitygw/cmd/versitygw";

/** A real S3 server on the node, whose buckets are folders of a small volume. */
export class S3Gateway {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The folder that holds a bucket's objects. */
  readonly volume: string;
  readonly #server: ChildProcess;
  readonly #attributes: string;

  private constructor(server: ChildProcess, folders: { readonly volume: string; readonly attributes: string }, endpoint: string, keys: { readonly id: string; readonly secret: string }) {
    this.#server = server;
    this.volume = folders.volume;
    this.#attributes = folders.attributes;
    this.endpoint = endpoint;
    this.accessKeyId = keys.id;
    this.secretAccessKey = keys.secret;
  }

  /**
   * Builds the server once and starts it with one empty bucket.
   *
   * @param megabytes of its volume
   */
  static async start(bucket: string, megabytes: number): Promise<S3Gateway> {
    const program = await build();
    const volume = await mkdtemp(join(tmpdir(), "s3-volume-"));
    await run("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", volume]);
    await mkdir(join(volume, bucket));
    const keys = { id: "backups-of-the-test", secret: randomBytes(24).toString("base64url") };
    const address = `${cluster.nodeAddress}:${await freePort()}`;
    // Attributes beside the files, because not every file system has extended ones.
    const attributes = await mkdtemp(join(tmpdir(), "s3-attributes-"));
    const server = spawn(program, ["--port", address, "posix", "--sidecar", attributes, volume], { env: { ...process.env, ROOT_ACCESS_KEY: keys.id, ROOT_SECRET_KEY: keys.secret }, stdio: "ignore" });
    const gateway = new S3Gateway(server, { volume, attributes }, `http://${address}`, keys);
    await until("the S3 server", 30_000, () => fetch(gateway.endpoint));
    return gateway;
  }

  async stop(): Promise<void> {
    const ended = once(this.#server, "close");
    this.#server.kill();
    await ended;
    await run("umount", [this.volume]);
    for (const folder of [this.volume, this.#attributes]) await rm(folder, { recursive: true });
  }
}

/** Compiled once for each pinned version: it takes two minutes of a processor. */
async function build(): Promise<string> {
  const version = createHash("sha256").update(await readFile(join(pins, "go.sum"))).digest("hex").slice(0, 12);
  const program = join(paths.cache, "test-programs", `versitygw-${version}`);
  const isThere = await access(program).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    await run("go", ["build", "-o", `${program}.partial`, "-ldflags", "-s -w", SERVER], { cwd: pins, env: goEnvironment() });
    await rename(`${program}.partial`, program);
  }
  return program;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, cluster.nodeAddress);
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === "string") throw new Error("No port is free.");
  return address.port;
}
