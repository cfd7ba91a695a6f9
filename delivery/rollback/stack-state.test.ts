import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { exportSealed, importSealed } from "./stack-state.ts";

const deployment = { manifest: { time: "now" }, resources: [{ urn: "u", type: "t", inputs: { password: { ciphertext: "v1:a:b" } } }] };
let folder: string;
let stack: Stack;
const before = process.env["PATH"] ?? "";

/** In place of pulumi: notes how it was called and what it was given, and prints a state. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stack-state-"));
  await writeFile(join(folder, "state.json"), JSON.stringify({ version: 3, deployment }));
  await writeFile(join(folder, "pulumi"), '#!/bin/sh\necho "$@" >called\n[ "$2" = export ] && cat state.json || cat >given\n');
  await chmod(join(folder, "pulumi"), 0o700);
  process.env["PATH"] = `${folder}${delimiter}${before}`;
  stack = { name: "dev", workspace: { workDir: folder } } as unknown as Stack;
});
afterEach(async () => {
  process.env["PATH"] = before;
  await rm(folder, { recursive: true });
});
const noted = (file: string) => readFile(join(folder, file), "utf8");

it("what is given back to Pulumi was read with its secrets sealed", async () => {
  expect((await exportSealed(stack)).resources[0]?.inputs).toEqual({ password: { ciphertext: "v1:a:b" } });
  expect(await noted("called")).toBe("stack export --stack dev --non-interactive\n");
});

it("a state is given to Pulumi through a pipe, and never through a file", async () => {
  await importSealed(stack, await exportSealed(stack));
  expect(await noted("called")).toBe("stack import --stack dev --non-interactive\n");
  expect(JSON.parse(await noted("given"))).toMatchObject({ version: 3, deployment });
});
