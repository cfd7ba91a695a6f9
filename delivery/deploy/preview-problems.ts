import { CommandError } from "@forecast-stack/local/run.ts";
import { z } from "zod";

const answerSchema = z.object({ diagnostics: z.array(z.object({ message: z.string(), severity: z.string() })) });

/** Why `pulumi preview --json` failed, one sentence each: what it prints is the whole plan, with the reasons at its end. */
export function previewProblems(error: unknown): string[] {
  if (!(error instanceof CommandError)) return [error instanceof Error ? error.message : String(error)];
  const { output } = error;
  const problems = diagnosticsOf(output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1)).filter((message) => message !== "preview failed");
  return problems.length > 0 ? problems : [error.message];
}

function diagnosticsOf(json: string): string[] {
  try {
    const { diagnostics } = answerSchema.parse(JSON.parse(json));
    return diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message.replace(/^error: (Preview failed: )?/, "").trim());
  } catch {
    return [];
  }
}
