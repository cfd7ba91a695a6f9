import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where everything that outlives a checkout is kept.
 *
 * `home` holds the cluster and the stack's state (removed by `npm run destroy`),
 * `cache` holds what can be built again (Go programs, Debian packages, images).
 */
export interface Paths {
  readonly home: string;
  readonly cache: string;
  readonly bin: string;
  readonly pki: string;
  readonly run: string;
  readonly logs: string;
  readonly volumes: string;
  readonly kubeconfig: string;
  readonly containerdSocket: string;
  readonly imagesManifest: string;
  readonly pulumi: string;
  readonly toolchain: string;
  /** What Node has compiled: of forecastctl, and of Pulumi's libraries. */
  readonly compiled: string;
  /** What kubectl remembers about the cluster, instead of in the user's ~/.kube. */
  readonly kubectlCache: string;
}

/** Derives every path from the environment; nothing else in `local/` joins these by hand. */
export function pathsFrom(environment: NodeJS.ProcessEnv): Paths {
  const home = environment["FORECAST_STACK_HOME"] ?? "/var/lib/forecast-stack";
  const cache = join(environment["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "forecast-stack");
  return {
    home,
    cache,
    bin: join(home, "bin"),
    pki: join(home, "pki"),
    run: join(home, "run"),
    logs: join(home, "logs"),
    volumes: join(home, "volumes"),
    kubeconfig: join(home, "kubeconfig"),
    containerdSocket: join(home, "run", "containerd.sock"),
    imagesManifest: join(home, "images", "images.json"),
    pulumi: join(home, "pulumi"),
    toolchain: join(cache, "toolchain"),
    compiled: join(cache, "compiled"),
    kubectlCache: join(home, "kubectl-cache"),
  };
}

export const paths = pathsFrom(process.env);
