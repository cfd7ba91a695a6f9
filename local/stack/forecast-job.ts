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
  status: z.enum(["queued", "running", "completed", "failed"]),
  error: z.string().nullable(),
  progress: z.object({
    batchesDone: z.number(),
    batchesTotal: z.number(),
    itemsTotal: z.number(),
    elapsedMs: z.number().nullable(),
    peakMemoryPercent: z.number().nullable(),
  }),
});
const scores = z.object({ mape: z.number().nullable(), wape: z.number().nullable(), items: z.number(), mapeItems: z.number(), maseItems: z.number(), medianMase: z.number().nullable() });
const accuracyReply = z.object({
  thresholds: z.object({ mape: z.number() }),
  overall: scores,
  byCategory: z.record(z.string(), scores),
  worstItems: z.object({ byMape: z.array(z.object({ sku: z.string(), category: z.string().nullable(), model: z.string(), mape: z.number().nullable() })) }),
});

export type RunState = z.infer<typeof runReply>;
export type Accuracy = z.infer<typeof accuracyReply>;

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

  /** Sends the sample catalogue, or one of so many items: items, stock and demand history. */
  async importSample(size?: number): Promise<number> {
    const folder = await mkdtemp(join(tmpdir(), "forecast-sample-"));
    try {
      await promisify(execFile)(process.execPath, [join(repository, "app", "sample", "export.ts"), folder, ...(size === undefined ? [] : ["--items", String(size)])]);
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
  async forecast(onProgress: (progress: RunState["progress"]) => void): Promise<{ run: RunState; accuracy: Accuracy }> {
    const { runId } = triggerReply.parse(await this.call("POST", "/api/forecast/trigger"));
    const finished = await until("the forecast run", 600_000, async () => {
      const run = runReply.parse(await this.call("GET", `/api/forecast/runs/${runId}`));
      onProgress(run.progress);
      if (run.status === "queued" || run.status === "running") throw new Error(`${run.progress.batchesDone} of ${run.progress.batchesTotal} batches are done`);
      return run;
    });
    if (finished.status === "failed") throw new Error(`The forecast run ${runId} failed: ${finished.error ?? "the log of the workers says why"}`);
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
