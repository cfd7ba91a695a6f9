import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { ReleaseError } from "../releases/release-error.ts";
import { kubeConfig } from "./cluster.ts";

let folder: string;
const before = process.env["KUBECONFIG"];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kubeconfig-"));
  process.env["KUBECONFIG"] = join(folder, "config");
});
afterEach(async () => {
  if (before === undefined) delete process.env["KUBECONFIG"];
  else process.env["KUBECONFIG"] = before;
  await rm(folder, { recursive: true });
});

it("a context that the kubeconfig does not have is named, with those that it has", async () => {
  const named = (name: string) => ({ name, context: { cluster: "c", user: "u" } });
  await writeFile(join(folder, "config"), JSON.stringify({ clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:6443" } }], users: [{ name: "u", user: {} }], contexts: [named("one"), named("two")] }));
  expect(kubeConfig("two").getCurrentContext()).toBe("two");
  expect(() => kubeConfig("production")).toThrow(new ReleaseError("The kubeconfig has no context production, which the stack was deployed with; it has one, two. Set KUBECONFIG to the one of the stack's cluster."));
});

it("a kubeconfig that is not there is told of in one sentence", () => {
  expect(() => kubeConfig(undefined)).toThrow(/^The kubeconfig cannot be read: .*Set KUBECONFIG/s);
});
