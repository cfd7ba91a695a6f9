import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** Stands where the CLI is: prints the arguments it got and the configuration file it was handed. */
const recorder = `#!/bin/sh
[ "$1" = stack ] && [ "$2" = --show-name ] && { echo dev; exit 0; }
echo "ARGS $*"
while [ $# -gt 0 ]; do [ "$1" = --config-file ] && cat "$2"; shift; done
exit "\${RECORDER_EXIT:-0}"
`;

describe("the pulumi on the product's PATH", () => {
  let folder: string;
  const salts = (): string => join(folder, "home", "pulumi", "forecast-stack");
  const project = (): string => join(folder, "project");
  const pulumi = async (...args: string[]): Promise<string> => {
    const environment = { ...process.env, FORECAST_STACK_HOME: join(folder, "home"), PATH: `${import.meta.dirname}:${join(folder, "bin")}:/usr/bin:/bin` };
    const { stdout } = await promisify(execFile)(join(import.meta.dirname, "pulumi"), args, { cwd: project(), env: environment });
    return stdout;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "pulumi-"));
    for (const name of ["bin", "project"]) await mkdir(join(folder, name));
    await mkdir(salts(), { recursive: true });
    await writeFile(join(folder, "bin", "pulumi"), recorder);
    await chmod(join(folder, "bin", "pulumi"), 0o755);
    await writeFile(join(project(), "Pulumi.yaml"), "name: forecast-stack\n");
    await writeFile(join(project(), "Pulumi.dev.yaml"), "config:\n  forecast-stack:namespace: forecast-dev\n");
    await writeFile(join(salts(), "Pulumi.dev.yaml"), "encryptionsalt: v1:salt\n");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each([["up", "--stack", "dev", "--yes"], ["-s", "dev", "preview"], ["up"], ["up", "--stack=organization/forecast-stack/dev"]])(
    "hands the tracked settings and the machine's own salt to `pulumi %s %s %s`",
    async (...args) => {
      expect(await pulumi(...args.filter((argument) => typeof argument === "string"))).toMatch(
        /^ARGS .*--config-file \S+Pulumi\.dev\.yaml\nconfig:\n {2}forecast-stack:namespace: forecast-dev\n\nencryptionsalt: v1:salt\n$/,
      );
    },
  );

  it("leaves the tracked file as it was and nothing behind", async () => {
    await pulumi("up", "--stack", "dev");
    expect(await readFile(join(project(), "Pulumi.dev.yaml"), "utf8")).not.toContain("encryptionsalt");
    expect(await readdir(salts())).toEqual(["Pulumi.dev.yaml"]);
  });

  it("does not interfere with other commands, or with a stack file that carries a salt", async () => {
    expect(await pulumi("config", "--stack", "dev")).toBe("ARGS config --stack dev\n");
    expect(await pulumi("up", "--stack", "dev", "--help")).toBe("ARGS up --stack dev --help\n");
    await writeFile(join(project(), "Pulumi.dev.yaml"), "encryptionsalt: v1:other\n");
    expect(await pulumi("up", "--stack", "dev")).toBe("ARGS up --stack dev\n");
  });

  it("passes the CLI's exit code on", async () => {
    process.env["RECORDER_EXIT"] = "7";
    await expect(pulumi("up", "--stack", "dev")).rejects.toMatchObject({ code: 7 });
    delete process.env["RECORDER_EXIT"];
  });
});
