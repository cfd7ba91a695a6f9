import { z } from "zod";
import { type Settings, settingsSchema } from "./settings.ts";
import { SettingsError } from "./settings-error.ts";
import { secretNames } from "./secret-names.ts";

type JsonSchema = z.core.JSONSchema.JSONSchema;

const schema = z.toJSONSchema(settingsSchema, { io: "input" });

/**
 * Parses a stack's configuration at the door.
 *
 * `config` is what the CLI hands over: `<project>:<key>` to text, nested
 * settings as JSON. Throws one `SettingsError` that lists every unknown key and
 * every bad value with what is allowed; secrets are read elsewhere.
 */
export function readSettings(project: string, config: Readonly<Record<string, string>>): Settings {
  const own = Object.entries(config)
    .filter(([key]) => key.startsWith(`${project}:`))
    .map(([key, text]): [string, string] => [key.slice(project.length + 1), text])
    .filter(([key]) => !(secretNames as readonly string[]).includes(key));
  const input = Object.fromEntries(own.map(([key, text]) => [key, decode(schema.properties?.[key], text)]));
  const parsed = settingsSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new SettingsError(project, parsed.error.issues.flatMap((issue) => explain(issue, input)));
}

/** The CLI passes every value as text; the schema says what the text stands for. Anything unclear is left for the schema to refuse. */
function decode(node: JsonSchema | boolean | undefined, value: unknown): unknown {
  if (typeof node !== "object") return value;
  if (node.type === "object") {
    const record = typeof value === "string" ? parseJson(value) : value;
    if (typeof record !== "object" || record === null || Array.isArray(record)) return record;
    const fallback = typeof node.additionalProperties === "object" ? node.additionalProperties : undefined;
    return Object.fromEntries(Object.entries(record).map(([key, inner]) => [key, decode(node.properties?.[key] ?? fallback, inner)]));
  }
  if (node.type === "array") return typeof value === "string" ? parseJson(value) : value;
  if (node.type === "string") return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  if (typeof value !== "string") return value;
  if (node.type === "boolean") return value === "true" ? true : value === "false" ? false : value;
  if (node.type === "integer") return /^-?[0-9]+$/.test(value) ? Number(value) : value;
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

interface Complaint {
  readonly key: string;
  readonly message: string;
}

function explain(issue: z.core.$ZodIssue, input: unknown): Complaint[] {
  const key = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((unknown) => ({ key: join(key, unknown), message: unknownKey(join(key, unknown), issue.path) }));
  }
  if (issue.code === "invalid_key") {
    return [{ key, message: `is not allowed: must be ${issue.issues.map(allowed).join(" or ")}` }];
  }
  const value = issue.path.reduce<unknown>((inner, part) => (typeof inner === "object" && inner !== null ? (inner as Record<PropertyKey, unknown>)[part] : undefined), input);
  return [{ key, message: `is ${JSON.stringify(value ?? "")}, but must be ${allowed(issue)}` }];
}

function join(prefix: string, key: string): string {
  return prefix === "" ? key : `${prefix}.${key}`;
}

function unknownKey(key: string, parents: readonly PropertyKey[]): string {
  if (known(key)) return `must be nested: set it with pulumi config set --path`;
  const level = parents.reduce<JsonSchema | boolean | undefined>((node, part) => (typeof node === "object" ? node.properties?.[String(part)] : undefined), schema);
  const names = typeof level === "object" ? (level.properties ? Object.keys(level.properties) : keyNames(level.propertyNames)) : [];
  return `is not a setting; there are ${names.join(", ")}`;
}

function keyNames(names: JsonSchema | boolean | undefined): string[] {
  return typeof names === "object" ? (names.enum ?? []).map(String) : [];
}

function known(key: string): boolean {
  return typeof key.split(".").reduce<JsonSchema | boolean | undefined>((node, part) => (typeof node === "object" ? node.properties?.[part] : undefined), schema) === "object";
}

function allowed(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_value":
      return `one of ${issue.values.map(String).join(", ")}`;
    case "invalid_type":
      return issue.expected === "int" || issue.expected === "number" ? "a whole number" : issue.expected === "boolean" ? "true or false" : issue.expected === "string" ? "text" : issue.expected === "array" ? "a list" : "a map of settings";
    case "too_small":
      return `at least ${issue.minimum}`;
    case "too_big":
      return `at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}
