/** Series of an expression, as Prometheus's HTTP API gives them. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** Seconds since 1970, and the value as text. */
  readonly values: readonly (readonly [number, string])[];
}

/** A window of time, in seconds since 1970, and how far apart its moments are. */
export interface Moments {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

type Answer = { readonly status: "success"; readonly data: { readonly result: readonly { readonly metric: Readonly<Record<string, string>>; readonly value?: readonly [number, string]; readonly values?: readonly (readonly [number, string])[] }[] } } | { readonly status: "error"; readonly error: string };

/** @throws Error with Prometheus's reason */
export async function askRange(expr: string, { from, to, step }: Moments): Promise<Series[]> {
  return ask("query_range", { query: expr, start: String(from), end: String(to), step: String(step) });
}

/** @throws Error with Prometheus's reason */
export async function askNow(expr: string, at: number): Promise<Series[]> {
  return ask("query", { query: expr, time: String(at) });
}

/** The values of a label on the series of a selector. */
export async function askLabel(selector: string, label: string): Promise<readonly string[]> {
  const answer = (await get(`label/${label}/values`, { "match[]": selector })) as { readonly data?: readonly string[]; readonly error?: string };
  if (answer.data === undefined) throw new Error(answer.error ?? "Prometheus gave no answer.");
  return answer.data;
}

async function ask(route: string, parameters: Readonly<Record<string, string>>): Promise<Series[]> {
  const answer = (await get(route, parameters)) as Answer;
  if (answer.status === "error") throw new Error(answer.error);
  return answer.data.result.map(({ metric, value, values }) => ({ metric, values: values ?? (value === undefined ? [] : [value]) }));
}

/** Browsers give up every request when a network interface comes or goes, as with each pod of a node: asked again, it is answered. */
async function get(route: string, parameters: Readonly<Record<string, string>>, attempts = 4): Promise<unknown> {
  try {
    return await (await fetch(`/prometheus/api/v1/${route}?${new URLSearchParams(parameters).toString()}`)).json();
  } catch (error) {
    if (attempts === 1) throw error;
    await new Promise((resolve) => setTimeout(resolve, 300));
    return get(route, parameters, attempts - 1);
  }
}

/** `{{label}}` becomes the series' label; a text without one stays. */
export function legendOf(format: string, metric: Readonly<Record<string, string>>): string {
  return format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_all, label: string) => metric[label] ?? "").trim();
}
