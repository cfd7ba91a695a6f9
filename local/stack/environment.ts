import { delimiter, join } from "node:path";
import { paths } from "../paths.ts";

const repository = join(import.meta.dirname, "..", "..");

/**
 * What a shell needs so that `pulumi` and `kubectl` mean the embedded cluster
 * and its stacks. `forecastctl env` prints it; `npm start` runs with it.
 *
 * @param inherited PATH as it was before
 * @param kubeconfig another cluster's, when not the embedded one is meant
 */
export function stackEnvironment(inherited: string, kubeconfig: string = paths.kubeconfig): Readonly<Record<string, string>> {
  const own = [join(repository, "local", "bin"), join(repository, "node_modules", ".bin"), join(paths.toolchain, "bin")];
  const others = inherited.split(delimiter).filter((folder) => !own.includes(folder));
  return {
    PATH: [...own, ...others].join(delimiter),
    KUBECONFIG: kubeconfig,
    KUBECACHEDIR: paths.kubectlCache,
    FORECAST_STACK_HOME: paths.home,
    PULUMI_HOME: join(paths.pulumi, "home"),
    PULUMI_BACKEND_URL: `file://${join(paths.pulumi, "state")}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: join(paths.pulumi, "passphrase"),
    // The salt is the state's: a stack file without one is complete.
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Pulumi's libraries are compiled once, not by every update.
    NODE_COMPILE_CACHE: paths.compiled,
  };
}

/**
 * An environment in which `pulumi` and `kubectl` mean what it says itself, and
 * the embedded cluster and its stacks where it says nothing.
 */
export function withStackDefaults(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PATH, ...defaults } = stackEnvironment(environment["PATH"] ?? "");
  return { ...defaults, ...environment, PATH };
}
