import type { FlagDefinitions } from "@forecast-stack/flags/flag-definition.ts";
import { isMap, isNode, isScalar, LineCounter, parseDocument, type YAMLError } from "yaml";
import type { z } from "zod";
import { milliseconds } from "./duration.ts";
import { alphaPerLook, demandOf, hasControl, isComparison, queryOf } from "./judge-gate.ts";
import { promqlProblem } from "./promql-metrics.ts";
import { type Gate, type RolloutSpec, rolloutSchema } from "./rollout-spec.ts";
import { MOST_PAIRS } from "./statistics/informative-pairs.ts";
import { samplesNeeded } from "./statistics/sample-size.ts";

/** Something that keeps a rollout from being used. */
export interface RolloutProblem {
  /** The rollout's name, which is its key. */
  readonly rollout: string;
  /** Counted from 1. */
  readonly line: number;
  /** Where in the YAML, such as `steps[1].weight`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

export type RolloutReading = { readonly spec: RolloutSpec } | { readonly problems: readonly RolloutProblem[] };

type Path = readonly (string | number)[];
interface Issue {
  readonly path: Path;
  readonly message: string;
}

/** Reads one rollout's YAML, or says what is wrong with it, each with its line. */
export function readRollout(definitions: FlagDefinitions, rollout: string, text: string): RolloutReading {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineOf = (path: Path): number => lines.linePos(offsetOf(document, path)).line;
  const problems = (issues: readonly Issue[]) => ({ problems: issues.map(({ path, message }) => ({ rollout, line: lineOf(path), path: spellPath(path), message })) });
  if (!/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(rollout)) return problems([{ path: [], message: "its name must be a word of small letters, digits and hyphens, at most 40" }]);
  if (document.errors.length > 0) return { problems: document.errors.map((error) => brokenYaml(rollout, error)) };
  const parsed = rolloutSchema.safeParse(document.toJS());
  if (!parsed.success) return problems(parsed.error.issues.flatMap((issue) => issuesOf(issue)));
  const unknown = flagIssues(definitions, parsed.data);
  // What an unknown flag can be compared by is anybody's guess.
  const found = [...unknown, ...stepIssues(parsed.data), ...(unknown.length === 0 ? gateIssues(parsed.data) : [])];
  return found.length === 0 ? { spec: parsed.data } : problems(found);
}

/** One line for people: `hybrid, line 4, steps[1].weight: must be above 25`. */
export function spellProblem({ rollout, line, path, message }: RolloutProblem): string {
  return `${rollout}, line ${line}${path === "" ? "" : `, ${path}`}: ${message}`;
}

function brokenYaml(rollout: string, error: YAMLError): RolloutProblem {
  return { rollout, line: error.linePos?.[0].line ?? 1, path: "", message: `is not YAML: ${(error.message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, "")}` };
}

/** A key that nobody knows is told at the key itself. */
function issuesOf(issue: z.core.$ZodIssue): Issue[] {
  const path = issue.path as Path;
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => ({ path: [...path, key], message: "is not a known key" }));
  const message = issue.message.replace(/^Invalid input: /, "");
  return [{ path, message: message.endsWith("received undefined") ? "is missing" : message }];
}

function flagIssues(definitions: FlagDefinitions, { flag, variant }: RolloutSpec): Issue[] {
  const definition = Object.hasOwn(definitions, flag) ? definitions[flag] : undefined;
  if (definition === undefined) return [{ path: ["flag"], message: `there is no flag ${flag}; the flags are ${Object.keys(definitions).sort().join(", ")}` }];
  if (!Object.hasOwn(definition.variants, variant)) return [{ path: ["variant"], message: `${flag} has no variant ${variant}; it has ${Object.keys(definition.variants).join(", ")}` }];
  return [];
}

function stepIssues({ steps, cohort, timeout, interval, startWindow }: RolloutSpec): Issue[] {
  const rising = steps.flatMap(({ weight }, index): Issue[] => {
    const before = steps[index - 1]?.weight ?? 0;
    return weight > before ? [] : [{ path: ["steps", index, "weight"], message: `is ${weight}, but the step before has ${before}: weights must rise` }];
  });
  const whole = cohort === undefined && steps.at(-1)?.weight !== 100 ? [{ path: ["steps", steps.length - 1, "weight"], message: "the last step must be 100" }] : [];
  const quick = milliseconds(timeout) < 2 * milliseconds(interval) ? [{ path: ["timeout"], message: `is ${timeout}: it must be at least two intervals of ${interval}` }] : [];
  const empty = startWindow !== undefined && startWindow.from >= startWindow.to ? [{ path: ["startWindow", "to"], message: `is ${startWindow.to}: it must be later than from, ${startWindow.from}` }] : [];
  return [...rising, ...whole, ...quick, ...empty];
}

function gateIssues(spec: RolloutSpec): Issue[] {
  const { gates, flag, steps, samples } = spec;
  const doubled = gates.flatMap(({ name }, index): Issue[] => (gates.findIndex((gate) => gate.name === name) < index ? [{ path: ["gates", index, "name"], message: `there is another gate ${name}` }] : []));
  const queries = gates.flatMap((gate, index) => queriesOf(gate).flatMap(([path, query]) => told(["gates", index, ...path], query)));
  const own = samples === undefined ? [] : told(["samples"], samples);
  // Both variants of an item are stored for this flag alone.
  const unpaired = gates.flatMap((gate, index): Issue[] => (gate.kind === "paired-error" && flag !== "ENABLE_HYBRID_FORECASTING" ? [{ path: ["gates", index, "kind"], message: `is paired-error, but both variants of an item are stored for ENABLE_HYBRID_FORECASTING alone, not for ${flag}` }] : []));
  const compares = gates.some(isComparison);
  const uncounted = steps.flatMap((step, index): Issue[] => {
    const counted = samples !== undefined || (compares && hasControl(spec, step));
    return step.minimumSamples > 0 && !counted ? [{ path: ["steps", index, "minimumSamples"], message: "nothing counts samples at this step: say with samples what does, or leave it out" }] : [];
  });
  const unjudged = steps.flatMap((step, index): Issue[] => (gates.some((gate) => !isComparison(gate) || hasControl(spec, step)) ? [] : [{ path: ["steps", index, "weight"], message: "nobody is left to compare with at this step, so that nothing would be judged: add a trigger or a threshold" }]));
  return [...doubled, ...queries, ...own, ...unpaired, ...uncounted, ...unjudged, ...sizeIssues(spec)];
}

/** Samples that no look can have. */
function sizeIssues(spec: RolloutSpec): Issue[] {
  const alpha = alphaPerLook(spec);
  const beyond = spec.gates.flatMap((gate, index): Issue[] => {
    const path = ["gates", index, "worseBy"];
    if (gate.kind === "rate" && gate.baseline * (1 + gate.worseBy / 100) > 1) return [{ path, message: `is ${gate.worseBy} %, but ${gate.baseline} made that much worse is more than all` }];
    const needed = gate.kind === "paired-error" ? samplesNeeded(gate, alpha) : 0;
    return needed > MOST_PAIRS ? [{ path, message: `asks for ${needed} pairs, and a look has ${MOST_PAIRS} at most: let it be larger, or power or spread smaller` }] : [];
  });
  const paired = spec.gates.some(({ kind }) => kind === "paired-error");
  const more = spec.steps.flatMap((step, index): Issue[] => (paired && hasControl(spec, step) && step.minimumSamples > MOST_PAIRS ? [{ path: ["steps", index, "minimumSamples"], message: `is ${step.minimumSamples}, and a look has ${MOST_PAIRS} pairs at most` }] : []));
  return [...beyond, ...more];
}

function told(path: Path, query: string): Issue[] {
  const problem = promqlProblem(query);
  return problem === undefined ? [] : [{ path, message: problem }];
}

/** Every expression of a gate and where it stands. */
function queriesOf(gate: Gate): [Path, string][] {
  switch (gate.kind) {
    case "trigger":
      return [[["trigger"], queryOf(gate)]];
    case "threshold":
      return [[["query"], gate.query]];
    case "paired-error":
      return [];
    case "distribution":
      return [[["exposed"], gate.exposed], [["control"], gate.control]];
    case "rate":
      return (["exposed", "control"] as const).flatMap((side) => (["bad", "all"] as const).map((part): [Path, string] => [[side, part], gate[side][part]]));
  }
}

/** What `rollout lint` says of the samples that each comparison needs, one line per gate. */
export function sampleNotes(spec: RolloutSpec): string[] {
  return spec.gates.filter(isComparison).map((gate) => {
    const [first] = spec.steps;
    const { needed = 0 } = first === undefined ? {} : (demandOf(spec, gate, { ...first, minimumSamples: 0 }) ?? {});
    return `${gate.name}: to see +${gate.worseBy} % with ${gate.power} % power you need ${needed} exposed`;
  });
}

/** The offset of the deepest part of the path that is there. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent: unknown = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    // The key itself, where there is one: a missing value has no place.
    const key = isMap(parent) ? parent.items.map((pair) => pair.key).find((one) => isScalar(one) && one.value === path[length - 1]) : undefined;
    const node: unknown = key ?? document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range !== undefined && node.range !== null) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

function spellPath(path: Path): string {
  return path.map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`)).join("");
}
