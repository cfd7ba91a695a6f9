import { describe, expect, it } from "@jest/globals";
import { definitions } from "@forecast-stack/flags/definitions.ts";
import { readRollout, sampleNotes, spellProblem } from "./read-rollout.ts";

const good = `# A model for sparse demand.
flag: ENABLE_HYBRID_FORECASTING
variant: on
owner: forecasting
steps:
  - weight: 5
    minimumDuration: 1d
  - { weight: 25, minimumDuration: 1d }
  - { weight: 100, minimumDuration: 2d }
gates:
  - { kind: paired-error, name: accuracy }
  - { kind: trigger, name: memory, trigger: memory, critical: true }
  - kind: threshold
    name: failures
    query: sum(increase(forecast_runs_total{outcome="failed"}[$window]))
    must: "< 1"
`;

function problemsOf(text: string, name = "hybrid"): string[] {
  const reading = readRollout(definitions, name, text);
  return "problems" in reading ? reading.problems.map(spellProblem) : [];
}

function changed(from: string | RegExp, to: string): string[] {
  const text = good.replace(from, to);
  expect(text).not.toBe(good);
  return problemsOf(text);
}

describe("reading a rollout", () => {
  it("takes one that is right, with what is usual where nothing is said", () => {
    expect(readRollout(definitions, "hybrid", good)).toMatchObject({ spec: { flag: "ENABLE_HYBRID_FORECASTING", variant: "on", interval: "1m", onFailure: "go-back", consecutiveFailures: 3, paused: false, gates: [{ worseBy: 20, power: 90 }, {}, {}] } });
  });

  it.each<[what: string, from: string | RegExp, to: string, sentence: RegExp]>([
    ["text that is no YAML", "variant: on", "variant: [on", /^hybrid, line \d+: is not YAML: /],
    ["an unknown flag", "ENABLE_HYBRID_FORECASTING", "ENABLE_HYBRID", /^hybrid, line 2, flag: there is no flag ENABLE_HYBRID; the flags are BIN_OPTIMIZATION_ALGORITHM, /],
    ["an unknown variant", "variant: on", "variant: enabled", /^hybrid, line 3, variant: ENABLE_HYBRID_FORECASTING has no variant enabled; it has on, off$/],
    ["weights that do not rise", "weight: 25", "weight: 5", /^hybrid, line 8, steps\[1\]\.weight: is 5, but the step before has 5: weights must rise$/],
    ["a last step that leaves somebody out", "weight: 100", "weight: 90", /^hybrid, line 9, steps\[2\]\.weight: the last step must be 100$/],
    ["a gate on a metric that nobody emits", "forecast_runs_total", "forecast_run_total", /^hybrid, line 15, gates\[2\]\.query: reads forecast_run_total, which is not in the metric catalogue; is forecast_runs?_\w+ meant\?$/],
    ["a label that the metric does not have", "outcome=", "result=", /^hybrid, line 15, gates\[2\]\.query: asks forecast_runs_total for the label result; it has trigger, outcome, job/],
    ["a query that is no PromQL", "[$window]))", "[$window])", /^hybrid, line 15, gates\[2\]\.query: is not PromQL/],
    ["a comparison without a number", '"< 1"', '"few"', /^hybrid, line 16, gates\[2\]\.must: must be a comparison with a number, for example "< 62"$/],
    ["a duration without a unit", "minimumDuration: 1d\n", "minimumDuration: 10\n", /^hybrid, line 7, steps\[0\]\.minimumDuration: expected string, received number$/],
    ["an unknown key", "owner: forecasting", "owner: forecasting\nowners: two", /^hybrid, line 5, owners: is not a known key$/],
    ["a missing key", "owner: forecasting\n", "", /^hybrid, line 2, owner: is missing$/],
    ["two gates of one name", "name: memory", "name: accuracy", /^hybrid, line 12, gates\[1\]\.name: there is another gate accuracy$/],
    ["a time-out shorter than two looks", "owner: forecasting", "owner: forecasting\ntimeout: 90s", /^hybrid, line 5, timeout: is 90s: it must be at least two intervals of 1m$/],
    ["samples that nothing counts", "{ weight: 100, minimumDuration: 2d }", "{ weight: 100, minimumDuration: 2d, minimumSamples: 3 }", /^hybrid, line 9, steps\[2\]\.minimumSamples: nothing counts samples at this step/],
    ["a step at which nothing would be judged", / {2}- \{ kind: trigger[\s\S]*/, "", /^hybrid, line 9, steps\[2\]\.weight: nobody is left to compare with at this step, so that nothing would be judged: add a trigger or a threshold$/],
    ["a comparison of more pairs than a look has", "name: accuracy }", "name: accuracy, worseBy: 4 }", /^hybrid, line 11, gates\[0\]\.worseBy: asks for \d{4,} pairs, and a look has 4000 at most: let it be larger, or power or spread smaller$/],
    ["more samples than a look has pairs", "weight: 5\n", "weight: 5\n    minimumSamples: 4001\n", /^hybrid, line 7, steps\[0\]\.minimumSamples: is 4001, and a look has 4000 pairs at most$/],
    ["a share that would be worse than all", "name: accuracy }", "name: accuracy }\n  - { kind: rate, name: refused, baseline: 0.6, worseBy: 100, exposed: { bad: up, all: up }, control: { bad: up, all: up } }", /^hybrid, line 12, gates\[1\]\.worseBy: is 100 %, but 0\.6 made that much worse is more than all$/],
    ["a query that gives a range", /sum\(increase\((.*)\)\)/, "($1)", /^hybrid, line 15, gates\[2\]\.query: gives all values of forecast_runs_total\{outcome="failed"\}\[300s\], and not one: put a function around it, such as increase$/],
    ["a query that is always the same", /query: .*/, "query: vector(0)", /^hybrid, line 15, gates\[2\]\.query: reads no metric$/],
    ["a window that ends before it begins", "owner: forecasting", "owner: forecasting\nstartWindow: { days: [mon], from: '15:00', to: '08:00' }", /^hybrid, line 5, startWindow\.to: is 08:00: it must be later than from, 15:00$/],
  ])("refuses %s in one sentence that names key and line", (_what, from, to, sentence) => {
    expect(changed(from, to)).toEqual([expect.stringMatching(sentence)]);
  });

  it("refuses a comparison of pairs for a flag whose variants are not both stored", () => {
    expect(problemsOf(good.replace("ENABLE_HYBRID_FORECASTING", "CROSS_DOCK_ENABLED"))).toEqual([expect.stringMatching(/line 11, gates\[0\]\.kind: is paired-error, but both variants/)]);
  });

  it("refuses a histogram itself, and says what its samples are called", () => {
    expect(changed('forecast_runs_total{outcome="failed"}', "http_request_duration_seconds")).toEqual([expect.stringContaining("it is a histogram, whose samples are http_request_duration_seconds_bucket")]);
  });

  it("refuses a name that cannot stand in metrics and keys", () => {
    expect(problemsOf(good, "My rollout")).toEqual([expect.stringMatching(/^My rollout, line \d+: its name must be a word/)]);
  });

  it("tells every problem at once", () => {
    expect(problemsOf(good.replace("variant: on", "variant: enabled").replace("weight: 25", "weight: 5"))).toHaveLength(2);
  });

  it("says how many samples a comparison needs", () => {
    const reading = readRollout(definitions, "hybrid", good);
    expect("spec" in reading ? sampleNotes(reading.spec) : []).toEqual([expect.stringMatching(/^accuracy: to see \+20 % with 90 % power you need \d+ exposed$/)]);
  });
});
