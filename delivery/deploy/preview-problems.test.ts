import { CommandError } from "@forecast-stack/local/run.ts";
import { describe, expect, it } from "@jest/globals";
import { previewProblems } from "./preview-problems.ts";

describe("what is wrong with a preview", () => {
  it("is what Pulumi's diagnostics say, without the plan and what says nothing", () => {
    const answer = { steps: [{ op: "same" }], diagnostics: [{ message: "warning: old\n", severity: "warning" }, { message: "error: Preview failed: spec: Forbidden\n", severity: "error" }, { message: "error: preview failed\n", severity: "error" }] };
    expect(previewProblems(new CommandError("pulumi preview", 255, `${JSON.stringify(answer, null, 4)}\n`))).toEqual(["spec: Forbidden"]);
  });

  it("is the end of what it printed where that is no plan", () => {
    expect(previewProblems(new CommandError("pulumi preview", 255, "error: no stack named 'x' found\n"))).toEqual(["pulumi preview ended with exit code 255:\nerror: no stack named 'x' found"]);
  });
});
