import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { paths } from "@forecast-stack/local/paths.ts";
import { run } from "@forecast-stack/local/run.ts";

interface Export {
  readonly deployment: { readonly resources: readonly { readonly outputs: Record<string, object> }[] };
}

/** Gives a secret of a stack a new value where infra/ reads it, the way a vault would. */
export async function rotateSecret(stack: string, name: string): Promise<string> {
  const pulumi = (args: readonly string[], input?: string) => run(join(paths.toolchain, "bin", "pulumi"), [...args, "--stack", stack, "--non-interactive"], { cwd: join(paths.pulumi, "forecast-stack-secrets"), ...(input === undefined ? {} : { input }) });
  const exported = JSON.parse(await pulumi(["stack", "export"])) as Export;
  const value = randomBytes(24).toString("base64url");
  const [root] = exported.deployment.resources;
  if (root === undefined) throw new Error(`The secrets of ${stack} are gone.`);
  root.outputs[name] = { ...root.outputs[name], ciphertext: undefined, plaintext: JSON.stringify(value) };
  await pulumi(["stack", "import"], JSON.stringify(exported));
  return value;
}
