import * as pulumi from "@pulumi/pulumi";
import { optionalSecrets, type OptionalSecret, requiredSecrets, type RequiredSecret, type SecretName, secretNames } from "./secret-names.ts";
import { SettingsError } from "./settings-error.ts";

export type Secrets = Readonly<Record<RequiredSecret, pulumi.Output<string>>> & Readonly<Partial<Record<OptionalSecret, pulumi.Output<string>>>>;

export interface SecretSources {
  readonly project: string;
  /** The stack's configuration as the CLI hands it over. */
  readonly config: Readonly<Record<string, string>>;
  /** Which of its keys are encrypted in the stack's file. */
  readonly secretKeys: readonly string[];
  /** Full name of the stack that gives what the configuration does not. */
  readonly secretsStack: string;
}

/**
 * Takes every password from the stack's secret configuration, or else from the
 * outputs of the secrets stack. Nothing is generated here: a program that makes
 * passwords makes new ones when its state is lost.
 *
 * Throws a `SettingsError` naming each password that is in neither place, or
 * that stands in the configuration as plain text.
 */
export async function readSecrets({ project, config, secretKeys, secretsStack }: SecretSources): Promise<Secrets> {
  const configured = new Map(secretNames.map((name) => [name, config[`${project}:${name}`] ?? ""]));
  const plain = secretNames.filter((name) => configured.get(name) !== "" && !secretKeys.includes(`${project}:${name}`));
  if (plain.length > 0) throw new SettingsError(project, plain.map((key) => ({ key, message: "is plain text, but must be a secret: set it with pulumi config set --secret" })));

  const required = requiredSecrets.filter((name) => configured.get(name) === "");
  const elsewhere = required.length === 0 ? new Map<SecretName, string>() : await fromStack(secretsStack);
  const missing = required.filter((name) => (elsewhere.get(name) ?? "") === "");
  if (missing.length > 0) {
    throw new SettingsError(project, missing.map((key) => ({ key, message: `is not set, and the stack ${secretsStack} has no output of that name: set it with pulumi config set --secret` })));
  }
  const value = (name: SecretName): string => configured.get(name) || (elsewhere.get(name) ?? "");
  const given = optionalSecrets.filter((name) => value(name) !== "");
  return Object.fromEntries([...requiredSecrets, ...given].map((name) => [name, pulumi.secret(value(name))])) as unknown as Secrets;
}

async function fromStack(name: string): Promise<Map<SecretName, string>> {
  const reference = new pulumi.StackReference("secrets", { name });
  const details = await Promise.all(secretNames.map(async (output) => [output, await reference.getOutputDetails(output)] as const));
  return new Map(details.map(([output, { secretValue, value }]) => [output, String(secretValue ?? value ?? "")]));
}
