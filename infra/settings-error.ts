import { RunError } from "@pulumi/pulumi";

/** What is wrong with a stack's configuration; the CLI prints it without a stack trace. */
export class SettingsError extends RunError {
  constructor(project: string, complaints: readonly { readonly key: string; readonly message: string }[]) {
    super(complaints.map(({ key, message }) => `${project}:${key} ${message}.`).join("\n"));
  }
}
