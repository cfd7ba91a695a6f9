import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { program } from "./program.ts";

const home = process.env["FORECAST_STACK_HOME"] ?? "/var/lib/forecast-stack";

/** The CLI's way in: what comes from outside, and the stack's outputs. The stack itself is program.ts. */
export const { namespace, serviceUrl, prometheusUrl, alertmanagerUrl, grafanaUrl, images, schemaVersion, migrations, schemaRange, flagOverrides, fingerprint } = await program({
  project: pulumi.getProject(),
  stack: pulumi.getStack(),
  config: pulumi.runtime.allConfig(),
  secretKeys: JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]") as string[],
  imagesManifest: join(home, "images", "images.json"),
  quarantine: join(home, "pulumi", "quarantine", `${pulumi.getStack()}.json`),
  warn: (message) => void pulumi.log.warn(message),
});
