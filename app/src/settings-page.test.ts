import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import type { z } from "zod";
import { backupEnvironmentSchema } from "./backup/backup-config.ts";
import { environmentSchema } from "./platform/config.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/settings.md"), "utf8");
const variables: Readonly<Record<string, z.ZodType>> = { ...environmentSchema.shape, ...backupEnvironmentSchema.shape };
const rows = [...page.matchAll(/^\| `([A-Z][A-Z0-9_]+)` \|(.*)\|$/gm)].map(([, name = "", cells = ""]) => ({ name, cells: cells.split("|").map((cell) => cell.trim()) }));
/** Defaults that depend on the machine. */
const ofTheMachine = ["POD_NAME", "FORECAST_THREADS"];

describe("the page of settings", () => {
  it("has every variable that the service reads, once, and no other", () => {
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(variables).sort());
  });

  it("says what each of them means", () => {
    expect(rows.filter(({ cells: [meaning = ""] }) => meaning.length < 5)).toEqual([]);
  });

  it("gives the default that the service uses", () => {
    const shown = rows.filter(({ name, cells }) => cells.length === 4 && !ofTheMachine.includes(name));
    const read = (name: string, text: string | undefined) => variables[name]?.safeParse(text).data;
    for (const { name, cells: [, , text = ""] } of shown) expect([name, read(name, text === "none" ? undefined : text.replaceAll("`", ""))]).toEqual([name, read(name, undefined)]);
  });
});
