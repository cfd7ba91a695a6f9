import { sampleValue } from "@forecast-stack/monitoring/sample-value.ts";
import { z } from "zod";
import { messageOf } from "../platform/thrown.ts";
import { urlBelow } from "../platform/url-below.ts";

/** Well below what the lease of the controller lasts (LEASE_SECONDS). */
const TIMEOUT_MS = 5_000;

const sample = z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) });
const answerSchema = z.discriminatedUnion("status", [
  z.object({ status: z.literal("success"), data: z.discriminatedUnion("resultType", [z.object({ resultType: z.literal("vector"), result: z.array(sample) }), z.object({ resultType: z.literal("scalar"), result: z.tuple([z.number(), z.string()]) })]) }),
  z.object({ status: z.literal("error"), error: z.string() }),
]);

/** One series of an answer. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Prometheus does not answer, or not with values. */
export class PrometheusError extends Error {
  override readonly name = "PrometheusError";
}

/**
 * Asks Prometheus for the values of an expression now.
 *
 * @throws PrometheusError in one sentence
 */
export async function askPrometheus(url: string, query: string): Promise<Sample[]> {
  if (url === "") throw new PrometheusError("PROMETHEUS_URL is not set: no gate can be asked.");
  const answer: unknown = await fetch(urlBelow(url, "api/v1/query"), { method: "POST", body: new URLSearchParams({ query }), signal: AbortSignal.timeout(TIMEOUT_MS) })
    .then((response) => response.json() as Promise<unknown>)
    .catch((error: unknown) => {
      throw new PrometheusError(`Prometheus does not answer: ${messageOf(error)}`, { cause: error });
    });
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success) throw new PrometheusError("Prometheus answers with something else than values.");
  if (parsed.data.status === "error") throw new PrometheusError(`Prometheus refuses the query: ${parsed.data.error}`);
  const { data } = parsed.data;
  return data.resultType === "scalar" ? [{ labels: {}, value: sampleValue(data.result[1]) }] : data.result.map(({ metric, value }) => ({ labels: metric, value: sampleValue(value[1]) }));
}
