import { randomBytes } from "node:crypto";
import { access, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { paths } from "../paths.ts";
import { run } from "../run.ts";
import { stackEnvironment, withStackDefaults } from "./environment.ts";

export const PROJECT = "forecast-stack";
const SECRETS_PROJECT = "forecast-stack-secrets";
const STACKS = ["dev", "staging", "production"];

/** Passwords and keys of a stack; `infra/` reads them under these names. */
const SECRETS = [
  "postgresPassword",
  "ownerPassword",
  "appPassword",
  "monitorPassword",
  "redisPassword",
  "jwtSecret",
  "firstAdminPassword",
  "serviceToken",
  "grafanaAdminPassword",
  "roleUsersPassword",
  "backupKey",
];

/** Marks a value as secret in a Pulumi deployment (resource.SecretSig in Pulumi's SDK). */
export const SECRET_MARK = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

type Outputs = Readonly<Record<string, object>>;

interface Export {
  readonly version: number;
  readonly deployment: { readonly manifest: object; readonly secrets_providers: object; readonly resources?: readonly { readonly outputs?: Outputs }[] };
}

/**
 * Makes sure that the file backend, its passphrase and the three stacks exist,
 * each with generated passwords. They are the secret outputs of a stack without
 * resources in a project beside ours: encrypted with the passphrase like every
 * Pulumi secret, the same for every checkout, and in no tracked file.
 */
export async function ensureBackend(note: (message: string) => void): Promise<void> {
  await mkdir(join(paths.pulumi, "state"), { recursive: true, mode: 0o700 });
  await usePluginsOfToolchain();
  const passphrase = join(paths.pulumi, "passphrase");
  // "wx": an existing passphrase is never replaced, or every secret would be lost.
  await writeFile(passphrase, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" }).catch(() => undefined);
  for (const stack of STACKS) {
    note(`stack ${stack}`);
    await ensureStack(stack);
  }
}

/** Pulumi looks for providers below its home, which is the stack's; ours are built into the toolchain. */
async function usePluginsOfToolchain(): Promise<void> {
  const plugins = join(paths.pulumi, "home", "plugins");
  await mkdir(join(paths.pulumi, "home"), { recursive: true });
  await rm(plugins, { recursive: true, force: true });
  await symlink(join(paths.toolchain, "plugins"), plugins);
}

/** Creates one stack and those of its generated secrets that it does not have yet: a newer checkout may need more. */
export async function ensureStack(stack: string): Promise<void> {
  const secrets = await projectFolder(SECRETS_PROJECT);
  await initialise(SECRETS_PROJECT, secrets, stack);
  const exported = JSON.parse(await pulumi(secrets, ["stack", "export", "--stack", stack])) as Export;
  const known = exported.deployment.resources?.[0]?.outputs ?? {};
  if (!SECRETS.every((name) => name in known)) await pulumi(secrets, ["stack", "import", "--stack", stack], JSON.stringify(withSecrets(exported, known, stack)));
  await initialise(PROJECT, await projectFolder(PROJECT), stack);
}

/** Removes a stack that holds no resources any more, its secrets and what is known of its rollbacks. */
export async function removeStack(stack: string): Promise<void> {
  for (const project of [PROJECT, SECRETS_PROJECT]) {
    await pulumi(await projectFolder(project), ["stack", "rm", "--yes", "--force", "--stack", stack]);
  }
  // A stack of the same name starts anew: nothing of it was rolled back from.
  await rm(join(paths.pulumi, "quarantine", `${stack}.json`), { force: true });
}

/** A folder with a Pulumi.yaml alone: there the CLI writes the salt of each stack. */
async function projectFolder(project: string): Promise<string> {
  const folder = join(paths.pulumi, project);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
  return folder;
}

function stateFile(project: string, stack: string): string {
  return join(paths.pulumi, "state", ".pulumi", "stacks", project, `${stack}.json`);
}

async function initialise(project: string, folder: string, stack: string): Promise<void> {
  const exists = await access(stateFile(project, stack)).then(
    () => true,
    () => false,
  );
  if (exists) return;
  // A salt without a state is left over from an interrupted set-up.
  await rm(join(folder, `Pulumi.${stack}.yaml`), { force: true });
  await pulumi(folder, ["stack", "init", `organization/${project}/${stack}`, "--no-select"]);
}

/** The secrets stack with a generated value for each secret that is not among the `known` ones. */
function withSecrets(exported: Export, known: Outputs, stack: string): object {
  const type = "pulumi:pulumi:Stack";
  const generated = Object.fromEntries(SECRETS.map((name) => [name, { ...SECRET_MARK, plaintext: JSON.stringify(randomBytes(24).toString("base64url")) }]));
  const root = { urn: `urn:pulumi:${stack}::${SECRETS_PROJECT}::${type}::${SECRETS_PROJECT}-${stack}`, custom: false, type, outputs: { ...generated, ...known } };
  return { ...exported, deployment: { ...exported.deployment, resources: [root] } };
}

/** Reads one generated secret of a stack, in the backend that the environment names. */
export async function readSecret(stack: string, name: string): Promise<string> {
  const folder = await projectFolder(SECRETS_PROJECT);
  return (await run("pulumi", ["stack", "output", name, "--show-secrets", "--stack", stack, "--non-interactive"], { cwd: folder, env: withStackDefaults(process.env) })).trim();
}

/** Runs the CLI on the embedded cluster's backend, whatever the environment names. */
async function pulumi(folder: string, args: readonly string[], input?: string): Promise<string> {
  return run(join(paths.toolchain, "bin", "pulumi"), [...args, "--non-interactive"], {
    cwd: folder,
    env: { ...process.env, ...stackEnvironment(process.env["PATH"] ?? "") },
    ...(input === undefined ? {} : { input }),
  });
}
