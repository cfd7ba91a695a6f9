import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { paths } from "@forecast-stack/local/paths.ts";
import { run } from "@forecast-stack/local/run.ts";
import { SECRET_MARK } from "@forecast-stack/local/stack/backend.ts";

interface Export {
  readonly deployment: { readonly resources: readonly { readonly outputs: Record<string, object> }[] };
}

/** Gives secrets of a stack values where infra/ reads them, the way a vault would. */
export async function setSecrets(stack: string, values: Readonly<Record<string, string>>): Promise<void> {
  const pulumi = (args: readonly string[], input?: string) => run(join(paths.toolchain, "bin", "pulumi"), [...args, "--stack", stack, "--non-interactive"], { cwd: join(paths.pulumi, "forecast-stack-secrets"), ...(input === undefined ? {} : { input }) });
  const exported = JSON.parse(await pulumi(["stack", "export"])) as Export;
  const [root] = exported.deployment.resources;
  if (root === undefined) throw new Error(`The secrets of ${stack} are gone.`);
  for (const [name, value] of Object.entries(values)) root.outputs[name] = { ...SECRET_MARK, plaintext: JSON.stringify(value) };
  await pulumi(["stack", "import"], JSON.stringify(exported));
}

/** Gives a secret of a stack a new value. */
export async function rotateSecret(stack: string, name: string): Promise<string> {
  const value = randomBytes(24).toString("base64url");
  await setSecrets(stack, { [name]: value });
  return value;
}
