import { describe, expect, it } from "@jest/globals";
import { createLog } from "./log.ts";

/** As the client of Redis throws it. */
const refused = Object.assign(new Error("WRONGPASS"), { command: { name: "auth", args: ["the-password"] } });

describe("the log", () => {
  it.each([
    ["itself", refused],
    ["as a part of another", Object.assign(new Error("the cluster does not answer"), { lastNodeError: refused })],
    ["as one of several", new AggregateError([refused], "none answers")],
  ])("shows why a command of Redis failed and not the command, which may hold the password: the error %s", (_, err) => {
    const lines: string[] = [];
    createLog({ level: "info", role: "api", version: "test", destination: { write: (line) => lines.push(line) } }).warn({ err }, "Redis does not answer");
    expect(lines.join("")).toContain("WRONGPASS");
    expect(lines.join("")).not.toContain("the-password");
  });
});
