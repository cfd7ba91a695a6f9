import { describe, expect, it } from "@jest/globals";
import { deployCommand } from "./deploy-command.ts";

/** What a call means, without doing it. */
function parsed(...args: readonly string[]): { readonly stack: string; readonly allow: readonly string[] } {
  const command = deployCommand().action(() => undefined);
  command.parse(args, { from: "user" });
  return { stack: String(command.processedArgs[0]), allow: command.opts<{ allow: readonly string[] }>().allow };
}

describe("forecastctl deploy", () => {
  it("takes one name with each --allow, so that the stack behind it is the stack", () => {
    expect(parsed("--allow", "postgres", "production", "--yes")).toEqual({ stack: "production", allow: ["postgres"] });
    expect(parsed("production", "--allow", "postgres", "--allow", "prometheus")).toEqual({ stack: "production", allow: ["postgres", "prometheus"] });
    expect(parsed()).toEqual({ stack: "dev", allow: [] });
  });
});
