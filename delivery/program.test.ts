import { beforeAll, describe, expect, it } from "@jest/globals";
import { forecastctl } from "./program.ts";

describe("forecastctl", () => {
  // All of Pulumi and Kubernetes, which a busy machine takes its time for.
  beforeAll(() => forecastctl(), 60_000);

  it("has each command under the name by which it is loaded, and loads no other with it", async () => {
    const all = (await forecastctl()).commands.map((command) => command.name());
    expect(all).toEqual(expect.arrayContaining(["deploy", "releases", "rollback"]));
    for (const name of all) expect((await forecastctl(name)).commands.map((command) => command.name())).toEqual([name]);
  });

  it("has all commands for a name that is none", async () => {
    expect((await forecastctl("rollbak")).commands.length).toBeGreaterThan(10);
    expect((await forecastctl("constructor")).commands.length).toBeGreaterThan(10);
  });
});
