import { noticeLabels } from "@forecast-stack/monitoring/alert-rule.ts";
import { markdownReport } from "@forecast-stack/monitoring/validation/markdown.ts";
import { Prometheus } from "@forecast-stack/monitoring/validation/prometheus.ts";
import { ValidationError } from "@forecast-stack/monitoring/validation/validation-error.ts";
import { replacedAt } from "@forecast-stack/monitoring/validation/replacement.ts";
import { lookedAtFrom, type ReleaseUpdate } from "@forecast-stack/monitoring/validation/release-window.ts";
import { verdictOf } from "@forecast-stack/monitoring/validation/verdict.ts";
import { watchRelease } from "@forecast-stack/monitoring/validation/watch-release.ts";
import { z } from "zod";
import { ConfigError } from "../platform/errors.ts";
import { postAlert } from "../platform/post-alert.ts";
import { messageOf } from "../platform/thrown.ts";
import { urlBelow } from "../platform/url-below.ts";

const TIMEOUT_MS = 10_000;
/** A verdict is news, not a state: it ends by itself. */
const LASTS_MS = 5 * 60_000;

const moments = z.object({ startTime: z.number(), endTime: z.number(), message: z.string() });
const requestSchema = z.strictObject({
  stack: z.string().min(1),
  namespace: z.string().min(1),
  /** The release and the one before it, oldest first. */
  updates: z.array(z.object({ release: z.int(), entry: moments })).min(1).max(2),
  windowSeconds: z.int().positive(),
  strict: z.boolean(),
});

/** What the Job that watches a release is asked to do. */
export type ValidateRequest = z.infer<typeof requestSchema>;

const url = z.url({ protocol: /^https?$/ });
/** Without an Alertmanager nobody is told. */
const environmentSchema = z.object({ PROMETHEUS_URL: url, ALERTMANAGER_URL: url.optional() });

/**
 * The role `validate`: watches a release until its window is full or something
 * is out of its bound, prints the report and tells the stack's channels. All
 * that it knows comes from Prometheus, so that it can be started again at any time.
 *
 * @param args the request, as JSON
 * @returns false when it was called in a wrong way
 * @throws ConfigError, or ValidationError when Prometheus does not answer
 */
export async function runValidateRole(args: readonly string[], variables: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  const [text, ...rest] = args;
  if (text === undefined || rest.length > 0) return false;
  const environment = environmentSchema.safeParse(variables);
  if (!environment.success) throw new ConfigError("PROMETHEUS_URL and ALERTMANAGER_URL must be http:// or https:// URLs.");
  const { PROMETHEUS_URL, ALERTMANAGER_URL } = environment.data;
  const { updates, ...request } = requestOf(text);
  const prometheus = new Prometheus({ request: (_method, path) => read(PROMETHEUS_URL, path) });
  const report = await watchRelease(prometheus, { ...request, updates: () => untilNow(prometheus, request.namespace, updates), release: updates.at(-1)?.release, wait: true }, say);
  process.stdout.write(`${markdownReport(report)}\n`);
  // Whoever replaced it knows that it was not watched to its end.
  if (ALERTMANAGER_URL === undefined || (report.window.cutShort !== null && report.decision === "UNKNOWN")) return true;
  const { title, text: description, severity } = verdictOf(report);
  const labels = { ...noticeLabels, severity, namespace: request.namespace, stack: request.stack, notice: `validation-${report.release}` };
  await postAlert(ALERTMANAGER_URL, { labels, annotations: { summary: title, description }, endsAt: new Date(Date.now() + LASTS_MS).toISOString() }).catch((error: unknown) => {
    throw new ValidationError(`Nobody could be told: ${messageOf(error)}`);
  });
  return true;
}

function requestOf(text: string): ValidateRequest {
  try {
    return requestSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new ConfigError(`The request is not what forecastctl validate --job makes: ${error instanceof z.ZodError ? z.prettifyError(error) : String(error)}`);
  }
}

/** The releases that it was told of, and one that has come since: as the service's pods show it. */
async function untilNow(prometheus: Prometheus, namespace: string, updates: ValidateRequest["updates"]): Promise<readonly ReleaseUpdate[]> {
  const watched = updates.at(-1);
  const now = Math.floor(Date.now() / 1_000);
  if (watched === undefined || now <= lookedAtFrom(watched)) return updates;
  const at = await replacedAt(prometheus, namespace, { from: lookedAtFrom(watched), to: now });
  return at === undefined ? updates : [...updates, { release: watched.release + 1, entry: { startTime: at, endTime: at, message: "" } }];
}

async function read(base: string, path: string): Promise<unknown> {
  const response = await fetch(urlBelow(base, path), { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${base} answers ${response.status}: ${(await response.text()).slice(0, 200)}`);
  return response.json();
}

function say(message: string): void {
  process.stdout.write(`${new Date().toISOString()} ${message}\n`);
}
