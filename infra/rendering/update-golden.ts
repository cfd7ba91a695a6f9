import { goldenFiles, recordFiles } from "./golden.ts";
import { renderStack } from "./render-stack.ts";
import { stacks } from "./stacks.ts";

for (const stack of stacks) {
  const { resources } = await renderStack(stack);
  recordFiles(stack, goldenFiles(resources));
}
