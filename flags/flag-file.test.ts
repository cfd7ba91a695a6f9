import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { definitions } from "./definitions.ts";
import { readExposures } from "./exposures.ts";
import { parseFlagFile, watchFlagFile } from "./flag-file.ts";
import { readOverrides } from "./overrides.ts";
import { soon } from "./test-support/soon.ts";

describe("a file of flags", () => {
  it("stands in for the maps of overrides and rollouts, with values as YAML has them", () => {
    const { overrides, rollouts } = parseFlagFile("overrides: { CROSS_DOCK_ENABLED: false, PREFETCH_TOP_N_QUERIES: 20, BIN_OPTIMIZATION_ALGORITHM: BFD }\nrollouts:\n  hybrid: { flag: ENABLE_HYBRID_FORECASTING, variant: on, weight: 25 }\n");
    expect(readOverrides(definitions, overrides, {})).toEqual({ overrides: { CROSS_DOCK_ENABLED: { value: false }, PREFETCH_TOP_N_QUERIES: { value: 20 }, BIN_OPTIMIZATION_ALGORITHM: { value: "BFD" } }, problems: [] });
    expect(readExposures(definitions, rollouts, {})).toEqual({ exposures: { hybrid: { flag: "ENABLE_HYBRID_FORECASTING", variant: "on", weight: 25 } }, problems: [] });
  });

  it("may be empty", () => {
    expect(parseFlagFile("")).toEqual(parseFlagFile("overrides: {}\nrollouts: {}\n"));
  });

  it.each([
    ["no YAML", "overrides: [", /./],
    ["a key that means nothing", "override: { A: 1 }", /override/],
    ["a value that no flag has", "overrides: { CROSS_DOCK_ENABLED: [false] }", /CROSS_DOCK_ENABLED/],
    ["a share above all", "rollouts: { a: { flag: A, variant: on, weight: 101 } }", /weight/],
  ])("is refused with %s, in one line that names it", (_case, text, name) => {
    expect(() => parseFlagFile(text)).toThrow(name);
  });
});

describe("a watched file", () => {
  let folder: string;
  let file: string;
  let texts: string[];
  let watcher: ReturnType<typeof watchFlagFile>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "flags-"));
    file = join(folder, "flags.yaml");
    texts = [];
  });
  afterEach(async () => {
    watcher.close();
    await rm(folder, { recursive: true });
  });
  const follow = () => void (watcher = watchFlagFile(file, (text) => texts.push(text)));
  const tells = (text: string) => soon(() => expect(texts.at(-1)).toBe(text));

  it("is told at once, when it is written, when it is replaced, and as empty when it goes", async () => {
    await writeFile(file, "one");
    follow();
    await tells("one");
    await writeFile(file, "two");
    await tells("two");
    await writeFile(`${file}.new`, "three");
    await rename(`${file}.new`, file);
    await tells("three");
    await rm(file);
    await tells("");
  });

  it("may come into being later", async () => {
    follow();
    await tells("");
    await writeFile(file, "one");
    await tells("one");
  });
});
