import { sampleValue } from "../sample-value.ts";
import { z } from "zod";
import type { Span } from "./release-window.ts";
import { ValidationError } from "./validation-error.ts";

/** Reads paths of Prometheus's API as JSON, wherever it answers. */
export interface PrometheusApi {
  request(method: "GET", path: string): Promise<unknown>;
}

/** A value and when it was that, in seconds since 1970. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** What Prometheus has of one series over a span; values that are no number are left out. */
export interface SampledSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly Sample[];
}

const sample = z.tuple([z.number(), z.string()]);
const answer = <Row extends z.ZodType>(row: Row) => z.object({ status: z.literal("success"), data: z.object({ result: z.array(row) }) });
const instantAnswer = answer(z.object({ metric: z.record(z.string(), z.string()), value: sample }));
const rangeAnswer = answer(z.object({ metric: z.record(z.string(), z.string()), values: z.array(sample) }));

/** Asks a Prometheus, however it is reached. */
export class Prometheus {
  readonly #api: PrometheusApi;

  constructor(api: PrometheusApi) {
    this.#api = api;
  }

  /**
   * The one value of an expression at a moment; undefined when there is none, or none that is a number.
   *
   * @throws ValidationError when Prometheus does not answer
   */
  async value(query: string, at: number): Promise<number | undefined> {
    const [row] = instantAnswer.parse(await this.#ask("query", { query, time: String(at) })).data.result;
    return row === undefined ? undefined : numbers([row.value])[0]?.value;
  }

  /**
   * The series of an expression over a span, every `step` seconds.
   *
   * @throws ValidationError when Prometheus does not answer
   */
  async series(query: string, { from, to }: Span, step: number): Promise<SampledSeries[]> {
    const { result } = rangeAnswer.parse(await this.#ask("query_range", { query, start: String(from), end: String(to), step: String(step) })).data;
    return result.map(({ metric, values }) => ({ labels: metric, samples: numbers(values) }));
  }

  async #ask(path: string, parameters: Readonly<Record<string, string>>): Promise<unknown> {
    return this.#api.request("GET", `/api/v1/${path}?${new URLSearchParams(parameters).toString()}`).catch((error: unknown) => {
      const reason = error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);
      throw new ValidationError(`Prometheus does not answer, so that nothing is known of the release: ${reason}`);
    });
  }
}

function numbers(values: readonly (readonly [number, string])[]): Sample[] {
  return values.map(([at, text]) => ({ at, value: sampleValue(text) })).filter(({ value }) => !Number.isNaN(value));
}
