import { sampleValue } from "@forecast-stack/monitoring/sample-value.ts";
import { type Observation, queryOf } from "@forecast-stack/rollouts/judge-gate.ts";
import { type GateSight, type ObservedStep, questionsOf } from "@forecast-stack/rollouts/look.ts";
import { fillIn } from "@forecast-stack/rollouts/promql-metrics.ts";
import type { Gate } from "@forecast-stack/rollouts/rollout-spec.ts";
import { informativePairs, MOST_PAIRS } from "@forecast-stack/rollouts/statistics/informative-pairs.ts";
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

/** Sees what every gate of a step asks for. Never rejects: what cannot be seen is an observation too. */
export async function observeGates(sources: Sources, observed: ObservedStep): Promise<GateSight[]> {
  return Promise.all(
    questionsOf(observed).map(async (question): Promise<GateSight> => {
      const observation = await observe(sources, observed, question.gate, question.demand?.needed ?? 0).catch((error: unknown): Observation => ({ kind: "failed", message: messageOf(error) }));
      return { ...question, observation };
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
      const query = filled(queryOf(gate));
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
  const upTo = borders.map((border) => added(samples.filter(({ labels }) => labels["le"] === border)));
  return upTo.map((count, index) => Math.max(0, Math.round(count - (upTo[index - 1] ?? 0))));
}

function sum(samples: readonly Sample[]): number {
  return Math.round(added(samples));
}

function added(samples: readonly Sample[]): number {
  return finite(samples.reduce((all, { value }) => all + value, 0));
}

/** @throws Error for what is no number or has no end: a comparison with it would find nothing, which must not look like good news */
function finite(value: number): number {
  if (!Number.isFinite(value)) throw new Error(`A value is ${value}, which cannot be compared`);
  return value;
}

/** Seven digits are more than was measured, and half of the bytes of a record. */
function rounded(value: number): number {
  return Number(finite(value).toPrecision(7));
}
