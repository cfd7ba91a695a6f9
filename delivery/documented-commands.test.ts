import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Command } from "commander";
import { forecastctl } from "./program.ts";

const repository = join(import.meta.dirname, "..");

/** Every page that people take commands from. */
async function pages(): Promise<string[]> {
  const folders = await Promise.all(["docs", "alerts/runbooks"].map(async (folder) => (await readdir(join(repository, folder))).filter((file) => file.endsWith(".md")).map((file) => join(folder, file))));
  return ["README.md", ...folders.flat()];
}

/** The words after each `forecastctl` of a page that stands in code, up to where the shell would end the command. */
function callsIn(page: string): string[][] {
  const code = [...page.matchAll(/^```\w*\n(?<block>[\s\S]*?)^```|`(?<inline>[^`\n]+)`/gm)].map(({ groups }) => groups?.["block"] ?? groups?.["inline"] ?? "");
  const placeholder = /<(?<what>[\w-]+)>/g;
  return code.flatMap((text) => [...text.replaceAll(placeholder, "$<what>").matchAll(/\bforecastctl (?<words>[^\n|;<>#()]+)/g)].map(({ groups }) => (groups?.["words"] ?? "").match(/'[^']*'|"[^"]*"|\S+/g) ?? []));
}

/** What of a call the command line does not have; undefined when it has everything. */
function unknownIn(words: readonly string[], program: Command): string | undefined {
  let command = program;
  let named = words;
  for (;;) {
    const [first = ""] = named;
    const next = command.commands.find((one) => one.name() === first || one.aliases().includes(first));
    if (next === undefined) break;
    command = next;
    named = named.slice(1);
  }
  if (command === program) return `no command ${words[0] ?? ""}`;
  const options = [...command.options, ...(command.parent?.options ?? [])];
  let values = 0;
  for (let index = 0; index < named.length; index += 1) {
    const word = named[index] ?? "";
    if (!word.startsWith("--")) values += 1;
    else {
      const option = options.find(({ long }) => long === word.split("=")[0]);
      if (option === undefined && word !== "--help") return `${command.name()} has no ${word}`;
      if (option?.required === true && !word.includes("=")) index += 1;
    }
  }
  const most = command.registeredArguments.some(({ variadic }) => variadic) ? Infinity : command.registeredArguments.length;
  return values > most ? `${command.name()} takes ${most} values, not ${named.join(" ")}` : undefined;
}

describe("the commands that the pages name", () => {
  let program: Command;
  beforeAll(async () => {
    program = await forecastctl();
  }, 60_000);

  it("exist, with the options that are given to them", async () => {
    const wrong: string[] = [];
    let calls = 0;
    for (const page of await pages()) {
      for (const words of callsIn(await readFile(join(repository, page), "utf8"))) {
        calls += 1;
        const unknown = unknownIn(words, program);
        if (unknown !== undefined) wrong.push(`${page}: forecastctl ${words.join(" ")}: ${unknown}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(calls).toBeGreaterThan(60);
  });

  it.each([
    [["rollbak"], "no command rollbak"],
    [["rollback", "--too", "3"], "rollback has no --too"],
    [["releases", "diff", "1", "2", "3"], "diff takes 2 values, not 1 2 3"],
    [["backup", "restore", "NAME", "--keep-schema", "--stack", "production"], undefined],
  ])("would be missed when they were %j", (words, unknown) => {
    expect(unknownIn(words, program)).toBe(unknown);
  });
});
