import { until } from "@forecast-stack/local/cluster/until.ts";
import { readSecret } from "@forecast-stack/local/stack/backend.ts";
import { ForecastApi } from "@forecast-stack/local/stack/forecast-job.ts";
import type { RolloutStatus } from "@forecast-stack/rollouts/rollout-status.ts";
import { forecastctl, type Outcome, startForecastctl } from "./forecastctl.ts";
import { type Told, toldOf } from "./inbox.ts";
import type { TestStack } from "./test-stack.ts";

/** What `forecastctl rollout status --json` shows. */
export interface Shown {
  readonly name: string;
  readonly status?: RolloutStatus;
}

const PATIENCE_MS = 150_000;

/** Drives the rollouts of a stack as people do: by the command line and the API. */
export class RolloutBench {
  readonly #stack: TestStack;
  readonly #api: ForecastApi;

  private constructor(stack: TestStack, api: ForecastApi) {
    this.#stack = stack;
    this.#api = api;
  }

  static async on(stack: TestStack): Promise<RolloutBench> {
    const api = new ForecastApi(await stack.serviceUrl("api", 4000), await readSecret(stack.name, "serviceToken"));
    await api.ready();
    return new RolloutBench(stack, api);
  }

  /**
   * Items with four months of demand, the same ones every time: `STEADY-<n>`
   * with a tenth of noise, which both variants forecast alike, and `SPARSE-<n>`
   * with none on most days, which they do not.
   */
  async fill({ steady, sparse }: { readonly steady: number; readonly sparse: number }): Promise<void> {
    await this.#stack.sql(`
      INSERT INTO items (tenant_id, sku, name)
      SELECT 'default', kind || '-' || n, kind || ' ' || n FROM (VALUES ('STEADY', ${steady}), ('SPARSE', ${sparse})) AS kinds (kind, items), generate_series(1, items) AS n`);
    await this.#stack.sql(`
      INSERT INTO demand_history (tenant_id, facility_id, material_id, demand_date, quantity)
      SELECT 'default', 'main', material_id, DATE '2026-01-01' + day, CASE WHEN sku LIKE 'STEADY-%' THEN 50 + length(sku) + (hashtext(sku || day) % 1000) / 100.0
                  WHEN abs(hashtext(day || sku)) % 100 < 25 THEN 15 + day % 9 ELSE 0 END
      FROM items, generate_series(0, 120) AS day WHERE sku LIKE 'STEADY-%' OR sku LIKE 'SPARSE-%'`);
  }

  /** A forecast run from its start to its end. */
  async run(): Promise<void> {
    await this.#api.forecast(() => undefined);
  }

  /** `forecastctl rollout <arguments>`: its exit code and everything that it printed. */
  forecastctl(args: readonly string[]): Promise<Outcome> {
    return forecastctl(["rollout", ...args, "--namespace", this.#stack.namespace]);
  }

  /** Where a rollout is. */
  async show(name: string): Promise<Shown> {
    const { code, output } = await this.forecastctl(["status", name, "--json"]);
    if (code !== 0) throw new Error(output);
    return JSON.parse(output) as Shown;
  }

  /** What `forecastctl rollout watch` draws until the rollout has ended. */
  watch(name: string): Promise<Outcome> {
    return startForecastctl(["rollout", "watch", name, "--namespace", this.#stack.namespace]).ended;
  }

  /** Waits until a rollout is where `isThere` says. */
  async reaches(name: string, isThere: (shown: Shown) => boolean): Promise<Shown> {
    return until(`the rollout ${name}`, PATIENCE_MS, async () => {
      const shown = await this.show(name);
      if (!isThere(shown)) throw new Error(`${name} is ${shown.status?.phase ?? "unseen"} at ${shown.status?.weight ?? 0} %: ${shown.status?.reason ?? ""}`);
      return shown;
    });
  }

  /** What has arrived at the stack's inbox about a failed rollout. */
  toldOf(rollout: string): Promise<Told> {
    return toldOf(this.#stack, `the failed rollout ${rollout}`, ({ labels }) => labels["rollout"] === rollout && labels["alertname"] === "RolloutFailed");
  }
}
