import { describe, expect, it } from "@jest/globals";
import { goldenFiles, recordedFiles } from "./rendering/golden.ts";
import { renderStack } from "./rendering/render-stack.ts";
import { stacks } from "./rendering/stacks.ts";

describe.each(stacks)("the resources of %s", (stack) => {
  it("are those that were reviewed and recorded (npm run golden:update -w infra records them anew)", async () => {
    const { resources } = await renderStack(stack);
    expect(Object.fromEntries(goldenFiles(resources))).toEqual(Object.fromEntries(recordedFiles(stack)));
  });
});
