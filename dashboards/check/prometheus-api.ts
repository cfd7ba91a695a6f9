import { sampleValue } from "@forecast-stack/monitoring/sample-value.ts";
import { z } from "zod";

const sample = z.tuple([z.number(), z.string()]);
const metric = z.record(z.string(), z.string());
const success = z.object({
  status: z.literal("success"),
  data: z.union([
    z.object({ resultType: z.literal("vector"), result: z.array(z.object({ metric, value: sample })) }),
    z.object({ resultType: z.literal("matrix"), result: z.array(z.object({ metric, values: z.array(sample) })) }),
    z.object({ resultType: z.literal("scalar"), result: sample }),
    z.array(z.string()),
  ]),
});
const failure = z.object({ status: z.literal("error"), error: z.string() });

/** Where a Prometheus is reached: itself, or through a Grafana that passes questions on. */
export interface PrometheusAddress {
  /** Before `/api/v1/`. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A question that Prometheus refused, with its reason. */
export class QueryError extends Error {}

/** Every value of every series of an expression at one moment. */
export async function askNow(address: PrometheusAddress, expr: string): Promise<number[]> {
  return values(await ask(address, "query", { query: expr }));
}

/** Every value of every series of an expression over the last `seconds`, at most `step` seconds apart. */
export async function askRange(address: PrometheusAddress, expr: string, { seconds, step }: { readonly seconds: number; readonly step: number }): Promise<number[]> {
  const end = Date.now() / 1000;
  return values(await ask(address, "query_range", { query: expr, start: String(end - seconds), end: String(end), step: String(step) }));
}

/** The values that a label has on the series of a selector. */
export async function askLabel(address: PrometheusAddress, selector: string, label: string): Promise<string[]> {
  const data = await ask(address, `label/${label}/values`, { "match[]": selector });
  return Array.isArray(data) ? data : [];
}

type Data = z.infer<typeof success>["data"];

async function ask({ url, headers = {} }: PrometheusAddress, route: string, parameters: Readonly<Record<string, string>>): Promise<Data> {
  const answer = await fetch(`${url}/api/v1/${route}?${new URLSearchParams(parameters).toString()}`, { headers, signal: AbortSignal.timeout(30_000) }).catch((error: unknown) => {
    throw new QueryError(`No Prometheus answers at ${url}: ${reason(error)}`);
  });
  const text = await answer.text();
  const parsed = z.union([success, failure]).safeParse(parseJson(text));
  if (!parsed.success) throw new QueryError(`${url} does not answer as Prometheus does (HTTP ${answer.status}): ${text.slice(0, 200)}`);
  if (parsed.data.status === "error") throw new QueryError(parsed.data.error);
  return parsed.data.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function values(data: Data): number[] {
  if (Array.isArray(data)) return [];
  switch (data.resultType) {
    case "scalar":
      return [sampleValue(data.result[1])];
    case "vector":
      return data.result.map(({ value }) => sampleValue(value[1]));
    case "matrix":
      return data.result.flatMap((series) => series.values.map(([, value]) => sampleValue(value)));
  }
}
