import { createHash } from "node:crypto";
import { parse } from "yaml";
import { z } from "zod";
import type { FlagMapContent } from "./config-maps.ts";
import { type FlagDefinitions, flagName } from "./flag-definition.ts";
import type { FlagProblem } from "./problem.ts";

/** Beside the key of a rollout: what its controller has come to. */
export const statusSuffix = ".status";

/** How much of a flag's traffic a rollout exposes to which variant. */
export interface Exposure {
  readonly flag: string;
  readonly variant: string;
  /** Percent, in steps of a hundredth. */
  readonly weight: number;
  /** The targeting keys that take part, one with a final * standing for all that begin so; absent: all. */
  readonly cohort?: readonly string[];
}
/** By the name of the rollout. */
export type Exposures = Readonly<Record<string, Exposure>>;

/** What evaluation needs of a rollout's specification; the rest is for its controller. */
const specification = z.looseObject({ flag: flagName, variant: z.string(), cohort: z.array(z.string().min(1)).min(1).optional() });
const status = z.looseObject({ weight: z.number().min(0).max(100), spec: z.string().optional() });

/** Names whom a rollout exposes to what: a status that begins with another name says nothing about it. */
export function subjectOf({ flag, variant, cohort }: Pick<Exposure, "flag" | "variant"> & { readonly cohort?: readonly string[] | undefined }): string {
  return createHash("sha256").update(JSON.stringify([flag, variant, cohort ?? null])).digest("hex").slice(0, 8);
}

/**
 * Reads the rollouts map: `<name>` holds a specification in YAML, `<name>.status`
 * its weight, without which nobody is exposed; nor is anybody by a status of
 * another flag, variant or cohort, until the controller has followed the change.
 * A wrong entry is told and changes nothing: what was good before (`previous`)
 * stays. Of two rollouts of one flag the one that exposes somebody counts, and
 * of two that do, or do not, the first by name.
 */
export function readExposures(definitions: FlagDefinitions, { data }: FlagMapContent, previous: Exposures): { exposures: Exposures; problems: FlagProblem[] } {
  const problems: FlagProblem[] = [];
  const names = Object.keys(data).filter((key) => !key.endsWith(statusSuffix)).sort();
  const found = names.flatMap((name): [string, Exposure][] => {
    const read = readExposure(definitions, data, name);
    const exposure = "problem" in read ? previous[name] : read;
    if ("problem" in read) problems.push(read.problem);
    return exposure === undefined ? [] : [[name, exposure]];
  });
  const exposures: Record<string, Exposure> = {};
  // Sorting keeps the order of the names among equals.
  for (const [name, exposure] of found.toSorted(([, one], [, other]) => Number(other.weight > 0) - Number(one.weight > 0))) {
    const rival = Object.entries(exposures).find(([, { flag }]) => flag === exposure.flag);
    if (rival !== undefined) problems.push({ map: "rollouts", key: name, kind: "wrong-value", message: `The rollout ${rival[0]} already stages ${exposure.flag}; ${name} is ignored.` });
    else exposures[name] = exposure;
  }
  return { exposures, problems };
}

function readExposure(definitions: FlagDefinitions, data: Readonly<Record<string, string>>, name: string): Exposure | { problem: FlagProblem } {
  const wrong = (key: string, kind: FlagProblem["kind"], message: string) => ({ problem: { map: "rollouts", key, kind, message } as const });
  const statusKey = `${name}${statusSuffix}`;
  const spec = readYaml(specification, name, data[name] ?? "");
  if (typeof spec === "string") return wrong(name, "unreadable", spec);
  const state = data[statusKey] === undefined ? { weight: 0, spec: undefined } : readYaml(status, statusKey, data[statusKey]);
  if (typeof state === "string") return wrong(statusKey, "unreadable", state);
  const definition = Object.hasOwn(definitions, spec.flag) ? definitions[spec.flag] : undefined;
  if (definition === undefined) return wrong(name, "unknown-flag", `The rollout ${name} is of the flag ${spec.flag}, which does not exist.`);
  if (!Object.hasOwn(definition.variants, spec.variant)) return wrong(name, "wrong-value", `The rollout ${name} exposes ${spec.flag} to ${spec.variant}, but its variants are ${Object.keys(definition.variants).join(", ")}.`);
  const weight = state.spec === undefined || state.spec.startsWith(`${subjectOf(spec)}.`) ? state.weight : 0;
  return { flag: spec.flag, variant: spec.variant, weight, ...(spec.cohort === undefined ? {} : { cohort: spec.cohort }) };
}

/** The value, or a sentence that names the key and, where the text itself is broken, the line. */
function readYaml<Schema extends z.ZodType>(schema: Schema, key: string, text: string): z.output<Schema> | string {
  try {
    const parsed = schema.safeParse(parse(text));
    return parsed.success ? parsed.data : `${key}: ${z.prettifyError(parsed.error).replaceAll(/\s+/g, " ")}`;
  } catch (error) {
    return `${key} is not YAML: ${(error as Error).message.split("\n")[0] ?? ""}`;
  }
}
