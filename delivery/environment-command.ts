import { Command } from "commander";
import { stackEnvironment } from "@forecast-stack/local/stack/environment.ts";

/** Quotes a value so that any shell reads it back as it is. */
export function shellQuote(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

/** `forecastctl env`: what a shell needs to use pulumi and kubectl on the embedded cluster. */
export function environmentCommand(): Command {
  return new Command("env")
    .description("Print the environment of the embedded cluster and its stacks, as shell exports.")
    .option("--json", "print one JSON object instead")
    .addHelpText("after", '\nExample:\n  eval "$(npx forecastctl env)" && pulumi preview --stack dev')
    .action((options: { json?: boolean }) => {
      const environment = stackEnvironment(process.env["PATH"] ?? "");
      const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${shellQuote(value)}`);
      process.stdout.write(options.json === true ? `${JSON.stringify(environment)}\n` : `${lines.join("\n")}\n`);
    });
}
