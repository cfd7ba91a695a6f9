import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { DebianRole } from "./image-roles.ts";
import { layerRecipe, type LayerRecipe } from "./layer-recipe.ts";

/** What a container of an image runs unless it is told otherwise (the OCI image configuration). */
export interface ContainerDefaults {
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly stopSignal?: string;
}

/** An image of Debian packages on the common base layer. */
export interface DebianRecipe {
  /** The package whose upstream version is the image's. */
  readonly versionOf: string;
  readonly layer: LayerRecipe;
  readonly container: ContainerDefaults;
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What package scripts and service managers need; no script runs in an image. */
const withoutScripts = ["adduser", "daemon", "debconf", "dpkg", "init-system-helpers", "lsb-base", "perl", "sysvinit-utils", "tar", "ucf"];

/**
 * Below every image but pause: C and C++ libraries, certificates, time zones, a small shell to look around with.
 * Nothing of it is made by package scripts but what root-files.ts makes up for.
 */
export const baseLayer = layerRecipe({
  packages: ["base-files", "busybox-static", "ca-certificates", "libc-bin", "libc6", "libstdc++6", "netbase", "tzdata"],
  // awk and openssl serve scripts of base-files and ca-certificates only.
  assumed: [...withoutScripts, "awk", "openssl"],
  exclude: ["./var/lock", "./var/run", "./usr/lib/*/gconv", "./usr/share/zoneinfo/posix", "./usr/share/zoneinfo/right", "./etc/init.d", "./etc/update-motd.d"],
  links: { "var/run": "/run", "var/lock": "/run/lock" },
});

function container(parts: Partial<ContainerDefaults> & { readonly user: string }): ContainerDefaults {
  const environment = { PATH, ...parts.environment };
  return { entrypoint: [], command: [], workingDirectory: "/", ...parts, environment };
}

const NOBODY = "65534:65534";

/** Names, paths, users and defaults are those of the official images, so that a stack runs on either. */
export const debianRecipes: Readonly<Record<DebianRole, DebianRecipe>> = {
  postgres: {
    versionOf: "postgresql-15",
    layer: layerRecipe({
      // util-linux has flock.
      packages: ["postgresql-15", "util-linux"],
      // LLVM compiles expressions of long analytical queries; without it Postgres interprets them. It would double the image.
      assumed: [...withoutScripts, "libllvm14", "locales", "openssl", "postgresql-client-common", "postgresql-common", "readline-common", "sensible-utils", "ssl-cert"],
      exclude: ["./usr/lib/postgresql/15/lib/bitcode", "./usr/lib/postgresql/15/lib/llvmjit*", "./usr/share/postgresql/15/man"],
      files: [{ path: "usr/local/bin/docker-entrypoint.sh", content: readFileSync(join(import.meta.dirname, "postgres-entrypoint.sh"), "utf8"), mode: 0o755 }],
      directories: [
        { path: "docker-entrypoint-initdb.d", owner: 0, mode: 0o755 },
        { path: "run/postgresql", owner: 999, mode: 0o775 },
        { path: "var/lib/postgresql", owner: 999, mode: 0o755 },
        { path: "var/lib/postgresql/data", owner: 999, mode: 0o700 },
      ],
      user: { name: "postgres", id: 999, home: "/var/lib/postgresql" },
    }),
    container: container({
      user: "999:999",
      entrypoint: ["docker-entrypoint.sh"],
      command: ["postgres"],
      environment: { PATH: `${PATH}:/usr/lib/postgresql/15/bin`, LANG: "C.UTF-8", PGDATA: "/var/lib/postgresql/data", PG_MAJOR: "15" },
      // SIGINT is Postgres' fast shutdown; SIGTERM would wait for clients to leave.
      stopSignal: "SIGINT",
    }),
  },
  redis: {
    versionOf: "redis-server",
    layer: layerRecipe({
      packages: ["redis-server", "redis-tools"],
      assumed: withoutScripts,
      exclude: ["./etc", "./usr/lib/systemd", "./lib/systemd"],
      directories: [{ path: "data", owner: 999, mode: 0o755 }],
      user: { name: "redis", id: 999, home: "/data" },
    }),
    container: container({ user: "999:999", command: ["redis-server"], workingDirectory: "/data" }),
  },
  prometheus: {
    versionOf: "prometheus",
    layer: layerRecipe({
      packages: ["prometheus"],
      assumed: withoutScripts,
      // The built file of moment-timezone carries its data; 200 MB of their source would come with it.
      exclude: ["./usr/share/javascript/moment-timezone/data", "./etc/init.d", "./lib/systemd", "./usr/lib/systemd", "./var/lib/prometheus"],
      directories: [{ path: "prometheus", owner: 65534, mode: 0o755 }],
    }),
    container: container({
      user: NOBODY,
      entrypoint: ["/bin/prometheus"],
      command: ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"],
      workingDirectory: "/prometheus",
    }),
  },
  alertmanager: {
    versionOf: "prometheus-alertmanager",
    layer: layerRecipe({
      packages: ["prometheus-alertmanager"],
      assumed: withoutScripts,
      exclude: ["./etc/init.d", "./lib/systemd", "./usr/lib/systemd", "./var/lib/prometheus"],
      links: { "usr/bin/alertmanager": "prometheus-alertmanager", "etc/alertmanager": "prometheus" },
      directories: [{ path: "alertmanager", owner: 65534, mode: 0o755 }],
    }),
    container: container({
      user: NOBODY,
      entrypoint: ["/bin/alertmanager"],
      command: ["--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/alertmanager"],
      workingDirectory: "/alertmanager",
    }),
  },
  "postgres-exporter": exporter("prometheus-postgres-exporter", "bin/postgres_exporter", NOBODY),
  "redis-exporter": exporter("prometheus-redis-exporter", "redis_exporter", "59000:59000"),
  "node-exporter": exporter("prometheus-node-exporter", "bin/node_exporter", NOBODY),
};

/** Debian names an exporter's program after its package; the official image calls it `path`. */
function exporter(name: string, path: string, user: string): DebianRecipe {
  return {
    versionOf: name,
    layer: layerRecipe({
      packages: [name],
      assumed: withoutScripts,
      exclude: ["./etc", "./lib/systemd", "./usr/lib/systemd", "./var/lib/prometheus"],
      links: { [path.replace(/^bin\//, "usr/bin/")]: `/usr/bin/${name}` },
    }),
    container: container({ user, entrypoint: [`/${path}`] }),
  };
}

/** kube-state-metrics: a program that the toolchain builds, on the base layer. */
export const kubeStateMetrics = {
  version: "2.16.0",
  layer: (program: string): LayerRecipe => layerRecipe({ copies: [{ source: program, target: "kube-state-metrics" }] }),
  container: container({ user: NOBODY, entrypoint: ["/kube-state-metrics"] }),
} as const;

/** pause: holds a pod's namespaces; a static program and nothing else. */
export const pause = {
  version: "1.0",
  layer: (program: string): LayerRecipe => layerRecipe({ copies: [{ source: program, target: "pause" }] }),
  container: container({ user: "65535:65535", entrypoint: ["/pause"] }),
} as const;

/**
 * How the service's processes use memory. A process lets young garbage lie in
 * three times its semi-space, and glibc keeps what each thread gave back: with
 * both as they come, memory grows by a half in the first minutes of a long run;
 * with less of them a run takes as long, and memory stays where it is.
 */
export const serviceMemory = { nodeOptions: ["--max-semi-space-size=4"], environment: { MALLOC_ARENA_MAX: "1" } } as const;

/** The service: Node in a layer that seldom changes, the bundle in one of its own, so that a release costs only its bundle. */
export const service = {
  runtimeLayer: (nodeProgram: string): LayerRecipe =>
    layerRecipe({ copies: [{ source: nodeProgram, target: "usr/local/bin/node" }], user: { name: "forecast", id: 10001, home: "/app" } }),
  bundleLayer: (dist: string): LayerRecipe => layerRecipe({ copies: [{ source: dist, target: "app" }] }),
  container: container({
    user: "10001:10001",
    entrypoint: ["/usr/local/bin/node", ...serviceMemory.nodeOptions, "/app/main.js"],
    environment: { NODE_ENV: "production", ...serviceMemory.environment },
    workingDirectory: "/app",
  }),
} as const;
