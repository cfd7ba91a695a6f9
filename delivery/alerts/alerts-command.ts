import { Command } from "commander";
import { printTable } from "../table.ts";
import { sendTestAlerts } from "./test-alerts.ts";

interface Options {
  readonly stack: string;
  readonly json?: true;
}

/** `forecastctl alerts`: does anybody hear when something breaks? */
export function alertsCommand(): Command {
  const test = new Command("test")
    .description("Send an alert that is marked as a test through every receiver of a stack.")
    .option("--stack <name>", "the stack", "dev")
    .option("--json", "print JSON instead")
    .addHelpText("after", "\nEach team gets a critical and a warning alert, which end by themselves after two minutes.\nAsk the people at the other end whether they got them: a receiver that takes a message may still lose it.\n\nExample:\n  forecastctl alerts test --stack production")
    .action(async ({ stack, json }: Options) => {
      const sent = await sendTestAlerts(stack);
      if (json === true) process.stdout.write(`${JSON.stringify(sent, undefined, 2)}\n`);
      else printTable(["team", "severity", "receivers", "channels"], sent.map(({ team, severity, receivers, channels }) => [team, severity, receivers.join(", "), channels.join(", ") || "none: it is shown in Alertmanager alone"]));
      if (sent.every(({ channels }) => channels.length === 0)) process.stderr.write(`Nobody is told of the alerts of ${stack}: set alertWebhookUrl, slackWebhookUrl, pagerDutyRoutingKey or smtpUrl.\n`);
    });
  return new Command("alerts").description("Try out the way from an alert to people.").addCommand(test);
}
