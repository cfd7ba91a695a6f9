import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { program } from "./program.ts";

const home = process.env["FORECAST_STACK_HOME"] ?? "/var/lib/forecast-stack";
/** A deploy that is to allow again what was rolled back from shows it first: nothing is allowed by looking. */
const acknowledged = process.env["FORECAST_STACK_ACKNOWLEDGED"] === "true" && pulumi.runtime.isDryRun();

/** The CLI's way in: what comes from outside, and the stack's outputs. The stack itself is program.ts. */
export const { namespace, serviceUrl, prometheusUrl, alertmanagerUrl, grafanaUrl, images, schemaVersion, migrations, schemaRange, flagOverrides, fingerprint } = await program({
  project: pulumi.getProject(),
  stack: pulumi.getStack(),
  config: pulumi.runtime.allConfig(),
  secretKeys: JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]") as string[],
  imagesManifest: join(home, "images", "images.json"),
  quarantine: acknowledged ? "" : join(home, "pulumi", "quarantine", `${pulumi.getStack()}.json`),
  warn: (message) => void pulumi.log.warn(message),
});
