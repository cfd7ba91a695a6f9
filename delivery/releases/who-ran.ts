import { AGENT } from "@forecast-stack/local/stack/deploy.ts";
import type { HistoryEntry } from "./update.ts";

/** Who ran an update: a deploy has it recorded as its agent, a rollback says it in its message; null for a plain pulumi up, which records neither. */
export function whoRan({ environment, message }: HistoryEntry): string | null {
  const agent = environment["exec.agent"] ?? "";
  if (agent.startsWith(AGENT)) return agent.slice(AGENT.length);
  return /^Rollback (?:of \S+ )?to release \d+, by (?<who>.+)$/m.exec(message)?.groups?.["who"] ?? null;
}
