import { expect, it } from "@jest/globals";
import type { FlagProblem } from "./problem.ts";
import { problemEvent } from "./problem-event.ts";

const problem: FlagProblem = { map: "overrides", key: "CROSS_DOCK_ENABLED", kind: "wrong-value", message: 'CROSS_DOCK_ENABLED is "yes": it must be true or false.' };
const version = { uid: "u1", resourceVersion: "11" };
const eventOf = (one: FlagProblem, of = version, second = 0) => problemEvent(one, of, { namespace: "forecast-dev", now: new Date(Date.UTC(2026, 2, 1, 12, 0, second)) });

it("an ignored override is an Event on its ConfigMap, in the words that name the key and what is allowed", () => {
  expect(eventOf(problem)).toMatchObject({
    metadata: { name: expect.stringMatching(/^feature-flag-overrides\.[0-9a-f]{16}$/), namespace: "forecast-dev" },
    involvedObject: { apiVersion: "v1", kind: "ConfigMap", name: "feature-flag-overrides", namespace: "forecast-dev", uid: "u1", resourceVersion: "11" },
    type: "Warning",
    reason: "FlagIgnored",
    message: 'CROSS_DOCK_ENABLED is "yes": it must be true or false.',
  });
});

it("all processes make the same Event of a problem, and another one of every other problem", () => {
  const name = (...event: Parameters<typeof eventOf>) => eventOf(...event).metadata.name;
  expect(name(problem, version, 7)).toBe(name(problem));
  const others = [name({ ...problem, key: "ML_MODEL_ENABLED" }), name({ ...problem, message: "another" }), name({ ...problem, map: "definitions" }), name(problem, { uid: "u1", resourceVersion: "12" }), name(problem, { uid: "u2", resourceVersion: "11" })];
  expect(new Set([name(problem), ...others]).size).toBe(6);
});

it("a long message is cut off, because Kubernetes would refuse it", () => {
  expect(eventOf({ ...problem, message: "x".repeat(5_000) }).message).toHaveLength(1_024);
});
