import type { Settings } from "./settings.ts";

export type Size = Settings["size"];

/** One container's share: processor in millicores, memory in MiB. */
export interface Share {
  /** What the scheduler keeps free for it. */
  readonly cpu: number;
  /** What it may use at most. */
  readonly cpuLimit: number;
  /** Reserved and limit alike, so that memory is never promised twice. */
  readonly memory: number;
}

const share = (cpu: number, cpuLimit: number, memory: number): Share => ({ cpu, cpuLimit, memory });

/** Containers that have a share of their own. */
export type SizedContainer =
  | "api"
  | "worker"
  | "rollout-controller"
  | "migrate"
  | "backup"
  | "validate"
  | "postgres"
  | "redis"
  | "prometheus"
  | "alertmanager"
  | "grafana"
  | "exporter"
  | "kube-state-metrics";

/**
 * small: the embedded cluster, where two stacks share two cores; standard: the
 * documents' recommended machine; large: their production machine.
 */
export const shares: Readonly<Record<Size, Readonly<Record<SizedContainer, Share>>>> = {
  small: {
    // Answers come first where processor time is short, and what they wait for with them.
    api: share(80, 2000, 384),
    worker: share(30, 2000, 512),
    "rollout-controller": share(10, 500, 224),
    migrate: share(10, 1000, 192),
    backup: share(10, 1000, 256),
    validate: share(10, 500, 192),
    postgres: share(80, 2000, 512),
    redis: share(20, 500, 128),
    prometheus: share(30, 1000, 512),
    alertmanager: share(10, 250, 64),
    grafana: share(20, 500, 256),
    exporter: share(10, 250, 64),
    "kube-state-metrics": share(10, 250, 96),
  },
  standard: {
    api: share(250, 2000, 512),
    worker: share(500, 2000, 1024),
    "rollout-controller": share(50, 500, 256),
    migrate: share(100, 1000, 256),
    backup: share(100, 1000, 512),
    validate: share(20, 500, 256),
    postgres: share(500, 2000, 2048),
    redis: share(100, 1000, 512),
    prometheus: share(250, 2000, 2048),
    alertmanager: share(50, 500, 128),
    grafana: share(100, 1000, 512),
    exporter: share(20, 500, 96),
    "kube-state-metrics": share(50, 500, 192),
  },
  large: {
    api: share(500, 4000, 1024),
    worker: share(1000, 4000, 2048),
    "rollout-controller": share(50, 500, 256),
    migrate: share(100, 1000, 256),
    backup: share(100, 2000, 512),
    validate: share(20, 500, 256),
    postgres: share(2000, 4000, 8192),
    redis: share(250, 1000, 1024),
    prometheus: share(500, 4000, 4096),
    alertmanager: share(100, 500, 256),
    grafana: share(200, 1000, 512),
    exporter: share(50, 500, 128),
    "kube-state-metrics": share(100, 500, 256),
  },
};

export interface Resources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu: string; readonly memory: string };
}

/** A container's `resources`. */
export function resourcesOf(size: Size, container: SizedContainer): Resources {
  const { cpu, cpuLimit, memory } = shares[size][container];
  return {
    requests: { cpu: `${cpu}m`, memory: `${memory}Mi` },
    limits: { cpu: `${cpuLimit}m`, memory: `${memory}Mi` },
  };
}

/**
 * GOMEMLIMIT of a program in Go: it collects garbage in time instead of being
 * killed at its limit, above all while Prometheus reads its journal back.
 */
export function goMemoryLimit(size: Size, container: SizedContainer): string {
  return `${Math.floor(shares[size][container].memory * 0.8)}MiB`;
}

/** Redis keeps a quarter of its memory for buffers and copy-on-write. */
export function redisMaxMemoryMiB(size: Size): number {
  return Math.floor(shares[size].redis.memory * 0.75);
}
