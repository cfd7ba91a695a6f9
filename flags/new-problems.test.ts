import { expect, it } from "@jest/globals";
import { NewProblems } from "./new-problems.ts";
import type { FlagProblem } from "./problem.ts";

const wrong: FlagProblem = { map: "overrides", key: "A", kind: "wrong-value", message: 'A is "yes": it must be true or false.' };

it("a problem is new when it comes, not while it lasts, and again when it came back", () => {
  const problems = new NewProblems();
  expect(problems.take("overrides", [wrong])).toEqual([wrong]);
  const other = { ...wrong, key: "B" };
  expect(problems.take("overrides", [wrong, other])).toEqual([other]);
  expect(problems.take("overrides", [])).toEqual([]);
  expect(problems.take("overrides", [wrong])).toEqual([wrong]);
});

it("another wrong value of the same key is another problem, and each map has its own", () => {
  const problems = new NewProblems();
  problems.take("overrides", [wrong]);
  const again = { ...wrong, message: 'A is "no": it must be true or false.' };
  expect(problems.take("overrides", [again])).toEqual([again]);
  problems.take("rollouts", []);
  expect(problems.take("overrides", [again])).toEqual([]);
});
