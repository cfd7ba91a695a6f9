import { readSecret } from "@forecast-stack/local/stack/backend.ts";
import { readOutputs } from "@forecast-stack/local/stack/deploy.ts";
import { FlagMapStore } from "../flags/flag-maps.ts";
import { environmentOf } from "../flags/flag-overview.ts";
import { overridePatch } from "../flags/override-change.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { kubeConfig } from "../rollback/cluster.ts";
import type { Breakage } from "./faults.ts";
import type { DrillPlace } from "./place.ts";

/** Ways to break something and to put it right again, from what was written down before. */
interface Breaker {
  /** What has to be known to put it right, read before anything is broken. */
  before(): Promise<string>;
  break(): Promise<void>;
  restore(before: string): Promise<void>;
}

export function breakerOf(place: DrillPlace, breakage: Breakage): Breaker {
  return breakage.kind === "stop" ? stopping(place, breakage.workload) : slowing(place);
}

function stopping(place: DrillPlace, workload: string): Breaker {
  return {
    before: async () => {
      const replicas = await place.kubectl(["get", workload, "-o", "jsonpath={.spec.replicas}"]).catch(() => "");
      if (!/^[1-9]\d*$/.test(replicas)) throw new ReleaseError(`${place.stack} has no ${workload} that runs: there is nothing to stop. Nothing was done.`);
      return replicas;
    },
    break: async () => {
      await place.kubectl(["scale", workload, "--replicas=0"]);
    },
    restore: async (replicas) => {
      await place.kubectl(["scale", workload, `--replicas=${replicas}`]);
      await place.kubectl(["rollout", "status", workload, "--timeout=300s"]);
    },
  };
}

const FLAG = "STREAMING_BATCH_DELAY_MS";
const LONGEST_MS = 600_000;
/** The override ends by itself, also when nobody is left to take it away. */
const ENDS_MS = 45 * 60_000;

function slowing(place: DrillPlace): Breaker {
  const store = new FlagMapStore(kubeConfig(place.context), place.namespace);
  const override = async (value: string | undefined): Promise<void> => {
    const [maps, by] = await Promise.all([store.read(), store.whoAmI()]);
    const request = { flag: FLAG, reason: "a drill", ...(value === undefined ? {} : { value }), ...(value === String(LONGEST_MS) ? { forMs: ENDS_MS } : {}) };
    await store.patchOverrides(overridePatch(request, { environment: environmentOf(maps), by, now: new Date() }), false);
  };
  return {
    before: async () => (await store.read()).overrides.data[FLAG] ?? "",
    break: async () => {
      await override(String(LONGEST_MS));
      await triggerRun(place.stack);
    },
    restore: async (before) => {
      await override(before === "" ? undefined : before);
      // Workers that rest already would go on resting.
      await place.kubectl(["rollout", "restart", "deployment/worker"]);
      await place.kubectl(["rollout", "status", "deployment/worker", "--timeout=300s"]);
    },
  };
}

async function triggerRun(stack: string): Promise<void> {
  const url = String((await readOutputs(stack))["serviceUrl"]);
  const token = await readSecret(stack, "serviceToken");
  const response = await fetch(new URL("/api/forecast/trigger", url), { method: "POST", headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(10_000) }).catch((error: unknown) => {
    throw new ReleaseError(`The service at ${url} cannot be asked for a run: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (!response.ok) throw new ReleaseError(`The service at ${url} does not start a run (${response.status}).`);
}
