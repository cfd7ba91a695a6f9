import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { environmentSchema, readConfig } from "./config.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/settings.md"), "utf8");
const rows = [...page.matchAll(/^\| `([A-Z][A-Z0-9_]+)` \|(.*)\|$/gm)].map(([, name = "", cells = ""]) => ({ name, cells: cells.split("|").map((cell) => cell.trim()) }));
/** Defaults that depend on the machine. */
const ofTheMachine = ["POD_NAME", "FORECAST_THREADS"];

describe("the page of settings", () => {
  it("has every variable that the service reads, once, and no other", () => {
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(environmentSchema.shape).sort());
  });

  it("says what each of them means", () => {
    expect(rows.filter(({ cells: [meaning = ""] }) => meaning.length < 5)).toEqual([]);
  });

  it("gives the default that the service uses", () => {
    const defaults: Readonly<Record<string, unknown>> = readConfig({});
    const shown = rows.filter(({ name, cells }) => cells.length === 4 && !ofTheMachine.includes(name)).map(({ name, cells: [, , text = ""] }) => [name, text === "none" ? "" : text.replaceAll("`", "")] as const);
    const read: Readonly<Record<string, unknown>> = readConfig(Object.fromEntries(shown));
    for (const [name] of shown) expect([name, read[name]]).toEqual([name, defaults[name]]);
  });
});
