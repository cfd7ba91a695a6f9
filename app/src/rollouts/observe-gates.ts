import { sampleValue } from "@forecast-stack/monitoring/sample-value.ts";
import { demandOf, hasControl, isComparison, limitOf, type Observation } from "@forecast-stack/rollouts/judge-gate.ts";
import { type GateSight, sampleGate } from "@forecast-stack/rollouts/look.ts";
import { fillIn } from "@forecast-stack/rollouts/promql-metrics.ts";
import type { Gate, RolloutSpec, Step } from "@forecast-stack/rollouts/rollout-spec.ts";
import { informativePairs } from "@forecast-stack/rollouts/statistics/informative-pairs.ts";
import type { Database } from "../platform/db.ts";
import { listTenants } from "../platform/tenant.ts";
import { messageOf } from "../platform/thrown.ts";
import { askPrometheus, type Sample } from "./prometheus.ts";
import { pairedErrors, pairedErrorsSql } from "./sql/paired-errors.ts";

/** Where observations come from. */
export interface Sources {
  readonly database: Database;
  /** Empty: nothing can be asked, and no gate that asks it passes. */
  readonly prometheusUrl: string;
  readonly namespace: string;
}

/** A step that is observed: since its clock, until now. */
export interface ObservedStep {
  readonly spec: RolloutSpec;
  readonly step: Step;
  readonly since: Date;
  readonly now: Date;
}

/** Pairs that a look rests on at most: what a record can keep, and far more than any comparison needs. */
const MOST_PAIRS = 4_000;

/** Sees what every gate of a step asks for. Never rejects: what cannot be seen is an observation too. */
export async function observeGates(sources: Sources, observed: ObservedStep): Promise<GateSight[]> {
  const { spec, step } = observed;
  const gates = [...spec.gates.filter((gate) => !isComparison(gate) || hasControl(spec, step)), ...(spec.samples === undefined ? [] : [sampleGate(spec.samples, step)])];
  return Promise.all(
    gates.map(async (gate): Promise<GateSight> => {
      const demand = demandOf(spec, gate, step);
      const observation = await observe(sources, observed, gate, demand?.needed ?? 0).catch((error: unknown): Observation => ({ kind: "failed", message: messageOf(error) }));
      return { gate, ...(demand === undefined ? {} : { demand }), observation };
    }),
  );
}

async function observe(sources: Sources, observed: ObservedStep, gate: Gate, needed: number): Promise<Observation> {
  const windowSeconds = (observed.now.getTime() - observed.since.getTime()) / 1_000;
  const filled = (query: string): string => fillIn(query, { windowSeconds, namespace: sources.namespace });
  const ask = (query: string): Promise<Sample[]> => askPrometheus(sources.prometheusUrl, query);
  switch (gate.kind) {
    case "trigger":
    case "threshold": {
      const query = filled(limitOf(gate).query);
      return { kind: "values", query, values: (await ask(query)).map(({ value }) => (Number.isFinite(value) ? rounded(value) : String(value))) };
    }
    case "paired-error":
      return observePairs(sources.database, observed, needed);
    case "distribution": {
      const queries = { exposed: filled(gate.exposed), control: filled(gate.control) };
      const [exposed, control] = await Promise.all([ask(queries.exposed), ask(queries.control)]);
      const borders = [...new Set([...exposed, ...control].map(({ labels }) => labels["le"] ?? ""))].filter((border) => border !== "").sort((one, other) => sampleValue(one) - sampleValue(other));
      return { kind: "classes", queries, borders, exposed: classCounts(exposed, borders), control: classCounts(control, borders) };
    }
    case "rate": {
      const queries = { exposed: { bad: filled(gate.exposed.bad), all: filled(gate.exposed.all) }, control: { bad: filled(gate.control.bad), all: filled(gate.control.all) } };
      const side = async ({ bad, all }: { readonly bad: string; readonly all: string }) => {
        const [some, every] = await Promise.all([ask(bad), ask(all)]);
        return { bad: sum(some), all: sum(every) };
      };
      const [exposed, control] = await Promise.all([side(queries.exposed), side(queries.control)]);
      return { kind: "proportions", queries, exposed, control };
    }
  }
}

async function observePairs(database: Database, { spec, since }: ObservedStep, needed: number): Promise<Observation> {
  const variant = spec.variant === "on" ? "hybrid" : "regular";
  const tenants = await listTenants(database);
  const pairs = (await Promise.all(tenants.map((tenant) => pairedErrors(database.of(tenant), since, variant, MOST_PAIRS)))).flat();
  const judged = informativePairs(pairs, needed).slice(0, MOST_PAIRS);
  return {
    kind: "pairs",
    query: `${pairedErrorsSql.replaceAll(/\s+/g, " ").trim()} -- $1 = ${since.toISOString()}, $2 = ${variant}`,
    exposed: judged.map(({ exposed }) => rounded(exposed)),
    control: judged.map(({ control }) => rounded(control)),
  };
}

/** Prometheus counts up to each border; a class is what lies between two of them. Its increases are extrapolated, so they are rounded. */
function classCounts(samples: readonly Sample[], borders: readonly string[]): number[] {
  const upTo = borders.map((border) => samples.filter(({ labels }) => labels["le"] === border).reduce((all, { value }) => all + value, 0));
  return upTo.map((count, index) => Math.max(0, Math.round(count - (upTo[index - 1] ?? 0))));
}

function sum(samples: readonly Sample[]): number {
  return Math.round(samples.reduce((all, { value }) => all + value, 0));
}

/** Seven digits are more than was measured, and half of the bytes of a record. */
function rounded(value: number): number {
  return Number(value.toPrecision(7));
}
