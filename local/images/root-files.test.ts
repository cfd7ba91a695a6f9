import { describe, expect, it } from "@jest/globals";

import { debianRecipes } from "./image-recipes.ts";
import { groupFile, passwdFile } from "./root-files.ts";

describe("the accounts of an image", () => {
  it("name every id that its process runs as, since initdb refuses an id without a name", () => {
    for (const role of ["postgres", "redis"] as const) {
      const { layer, container } = debianRecipes[role];
      const [id] = container.user.split(":");
      expect(passwdFile(layer.user)).toMatch(new RegExp(`^${role}:x:${id ?? ""}:`, "m"));
      expect(groupFile(layer.user)).toMatch(new RegExp(`^${role}:x:${id ?? ""}:`, "m"));
    }
  });

  it("never run as root", () => {
    for (const { container } of Object.values(debianRecipes)) expect(container.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });
});
