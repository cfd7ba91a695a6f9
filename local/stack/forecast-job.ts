import { execFile } from "node:child_process";
import { openAsBlob } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { until } from "../cluster/until.ts";

const repository = join(import.meta.dirname, "..", "..");

const importReply = z.object({
  imported: z.number(),
  rejected: z.number(),
  errors: z.array(z.object({ row: z.number(), column: z.string().nullish(), message: z.string() })),
});
const triggerReply = z.object({ runId: z.string() });
const runReply = z.object({
  status: z.enum(["pending", "running", "completed", "failed"]),
  batches: z.object({ total: z.number(), completed: z.number() }),
  items: z.object({ total: z.number() }),
  elapsedMs: z.number(),
  peakMemoryPercent: z.number().nullable(),
});
const accuracyReply = z.object({
  summary: z.object({ items: z.number(), itemsWithMape: z.number(), mape: z.number().nullable(), wape: z.number().nullable(), mase: z.number().nullable() }),
  worstItems: z.array(z.object({ sku: z.string(), model: z.string(), mape: z.number().nullable(), mase: z.number().nullable() })),
});

export type RunProgress = z.infer<typeof runReply>;
export type AccuracySummary = z.infer<typeof accuracyReply>;

/** A client of the service's REST API with the service token. */
export class ForecastApi {
  private readonly url: string;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(url: string, token: string) {
    this.url = url;
    this.headers = { authorization: `Bearer ${token}` };
  }

  /** Resolves once the service says that it can serve. */
  async ready(): Promise<void> {
    await until("the service", 120_000, () => this.call("GET", "/health/ready"));
  }

  /** Sends the sample catalogue: items, stock and demand history. */
  async importSample(): Promise<number> {
    const folder = await mkdtemp(join(tmpdir(), "forecast-sample-"));
    try {
      await promisify(execFile)(process.execPath, [join(repository, "app", "sample", "export.ts"), folder]);
      let items = 0;
      for (const [route, file] of [
        ["/api/items/import", "items.csv"],
        ["/api/inventory/import", "inventory.csv"],
        ["/api/demand/import", "demand.csv"],
      ] as const) {
        const reply = importReply.parse(await this.call("POST", route, await openAsBlob(join(folder, file), { type: "text/csv" })));
        if (reply.rejected > 0) throw new Error(`${file}: ${reply.rejected} rows were rejected, the first because: ${reply.errors[0]?.message ?? "no reason given"}`);
        if (file === "items.csv") items = reply.imported;
      }
      return items;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Triggers a forecast run and follows it to its end. */
  async forecast(onProgress: (run: RunProgress) => void): Promise<{ run: RunProgress; accuracy: AccuracySummary }> {
    const { runId } = triggerReply.parse(await this.call("POST", "/api/forecast/trigger"));
    const finished = await until("the forecast run", 600_000, async () => {
      const run = runReply.parse(await this.call("GET", `/api/forecast/runs/${runId}`));
      onProgress(run);
      if (run.status === "pending" || run.status === "running") throw new Error(`${run.batches.completed} of ${run.batches.total} batches are done`);
      return run;
    });
    if (finished.status === "failed") throw new Error(`The forecast run ${runId} failed: kubectl logs -l app.kubernetes.io/component=worker says why.`);
    return { run: finished, accuracy: accuracyReply.parse(await this.call("GET", `/api/forecast/runs/${runId}/accuracy`)) };
  }

  private async call(method: string, route: string, content?: Blob): Promise<unknown> {
    const answer = await fetch(this.url + route, {
      method,
      headers: { ...this.headers, ...(content === undefined ? {} : { "content-type": content.type }) },
      signal: AbortSignal.timeout(120_000),
      ...(content === undefined ? {} : { body: content }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${route} answered ${answer.status}: ${text.slice(0, 500)}`);
    return text === "" ? undefined : (JSON.parse(text) as unknown);
  }
}
