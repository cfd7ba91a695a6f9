import { z } from "zod";
import { ReleaseError } from "../releases/release-error.ts";

const statusSchema = z.object({
  message: z.string().default(""),
  reason: z.string().default(""),
  details: z.object({ causes: z.array(z.object({ field: z.string().optional() })).default([]) }).prefault({}),
});

/** An answer of the API server that is none of success. */
export interface Refusal extends z.infer<typeof statusSchema> {
  /** HTTP's status. */
  readonly code: number;
}

/** What the API server refused a request with; undefined for any other error. */
export function refusalOf(error: unknown): Refusal | undefined {
  const { code, body } = (error ?? {}) as { readonly code?: unknown; readonly body?: unknown };
  if (typeof code !== "number" || body === undefined) return undefined;
  return { ...(statusSchema.safeParse(parsed(body)).data ?? { message: typeof body === "string" ? body : "", reason: "", details: { causes: [] } }), code };
}

/**
 * Waits for what asks the API server.
 *
 * @throws ReleaseError with one sentence when that refuses or does not answer; any other error as it is
 */
export async function told<Answer>(asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked;
  } catch (error) {
    const sentence = apiSentence(error);
    throw sentence === undefined ? error : new ReleaseError(sentence, { cause: error });
  }
}

/** What is wrong between this machine and the API server, and what to do about it; undefined for any other error. */
export function apiSentence(error: unknown): string | undefined {
  const refusal = refusalOf(error);
  if (refusal !== undefined) return `The API server refuses: ${refusal.message.replace(/\.$/, "")} (${refusal.code}).${adviceOn(refusal.code)}`;
  // The two words of Node's fetch for a server that is not there, and for one that went away.
  if (!(error instanceof Error && error.name === "TypeError" && (error.message === "fetch failed" || error.message === "terminated"))) return undefined;
  const { message, code } = (error.cause ?? {}) as { readonly message?: string; readonly code?: string };
  return `The API server does not answer: ${message || code || error.message}. See that the cluster is up and that KUBECONFIG names it, then run the same command again.`;
}

function adviceOn(code: number): string {
  if (code === 401 || code === 403) return " A rollback needs a KUBECONFIG whose user may read and change everything that the stack consists of.";
  if (code === 409) return " Somebody else changed that in the same moment: run the same command again.";
  return "";
}

function parsed(body: unknown): unknown {
  if (typeof body !== "string") return body;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
