import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RenderedResource } from "./rendered-resource.ts";

export const goldenDirectory = join(import.meta.dirname, "..", "golden");

/** Longer texts (dashboards) have tests of their own; a golden file only tells that they changed. */
const longestText = 12_000;

/** The resources of a stack as text for a file of each component. */
export function goldenFiles(resources: readonly RenderedResource[]): Map<string, string> {
  const components = Map.groupBy(resources, ({ component }) => component);
  return new Map([...components].map(([component, own]) => [`${component}.json`, `${JSON.stringify(own.map(({ type, name, inputs, options }) => rewrite({ type, name, inputs, options })), null, 2)}\n`]));
}

/** The recorded files of a stack; empty when none was ever recorded. */
export function recordedFiles(stack: string): Map<string, string> {
  const directory = join(goldenDirectory, stack);
  if (!existsSync(directory)) return new Map();
  return new Map(readdirSync(directory).map((file) => [file, readFileSync(join(directory, file), "utf8")]));
}

/** Records a stack anew. Called by `npm run golden:update` alone: a test that wrote what it compares with would always pass. */
export function recordFiles(stack: string, files: ReadonlyMap<string, string>): void {
  const directory = join(goldenDirectory, stack);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const [file, text] of files) writeFileSync(join(directory, file), text);
}

function rewrite(value: unknown): unknown {
  if (typeof value === "string") return rewriteText(value);
  if (Array.isArray(value)) return value.map(rewrite);
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)).map(([key, inner]) => [key, rewrite(inner)]));
  return value;
}

function rewriteText(text: string): unknown {
  if (text.length > longestText) return `${text.length} characters, sha256 ${createHash("sha256").update(text).digest("hex").slice(0, 12)}`;
  if (text.includes("\n")) return text.split("\n");
  // Changes with every migration, and says nothing.
  return text.replace(/migrate-[0-9a-f]{12}$/, "migrate-<image and migrations>");
}
