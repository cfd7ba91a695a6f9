import { describe, expect, it } from "@jest/globals";

import { packagesKey } from "./ensure-packages.ts";
import { nodeSet } from "./node-programs.ts";

describe("the directory of the node's packages", () => {
  it("is the same for the same list, so nothing is fetched twice", () => {
    expect(packagesKey({ ...nodeSet })).toBe(packagesKey(nodeSet));
  });

  it("is another one for another list, so a newer checkout never runs on an older set", () => {
    const more = { ...nodeSet, request: { ...nodeSet.request, packages: [...nodeSet.request.packages, "socat"] } };
    expect(packagesKey(more)).not.toBe(packagesKey(nodeSet));
  });
});
