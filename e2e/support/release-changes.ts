import { appendFile, cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rotateSecret } from "./stack-secrets.ts";
import { serviceImage } from "./service-image.ts";
import type { SourceCopy } from "./source-copy.ts";
import { repository, templateSettings, type TestStack } from "./test-stack.ts";

/** A release that is being made. */
export interface Draft {
  readonly stack: TestStack;
  readonly source: SourceCopy;
  /** The stack's settings on top of its template's. */
  readonly settings: Record<string, unknown>;
  /** A folder like `app/dist`; its image is built anew for each release. */
  readonly dist: string;
}

/** One real change, as people make them between two releases. */
export type Change = (draft: Draft) => Promise<void>;

/** A rollout that stays at its first step for longer than any test lasts. */
const ROLLOUT = `flag: ENABLE_HYBRID_FORECASTING
variant: "on"
owner: forecasting
steps:
  - { weight: 25, minimumDuration: 24h }
  - { weight: 100, minimumDuration: 24h }
gates:
  - { kind: trigger, name: memory, trigger: memory }
`;

/** A resource that is made by a provider of its own. */
const OWN_PROVIDER = `import { ConfigMap } from "@pulumi/kubernetes/core/v1/index.js";
import { Provider } from "@pulumi/kubernetes/provider.js";
import { metadataOf, type StackContext } from "./stack-context.ts";

export function ownProvider(context: StackContext): void {
  const provider = new Provider("own", { context: "forecast-stack" });
  new ConfigMap("first-name", { metadata: metadataOf(context, "notes", context.appVersion, "notes"), data: { note: "one" } }, { provider });
}
`;

/** The changes by name: of images, settings, sources, the database, secrets and flags. */
export const changes = {
  "larger volumes": ({ settings }) => set(settings, "monitoring", { storage: "6Gi" }),
  "secret rotated": async ({ stack }) => {
    const password = await rotateSecret(stack.name, "appPassword");
    await stack.sql(`ALTER ROLE forecast_app PASSWORD '${password}'`);
  },
  image: ({ dist }) => appendFile(join(dist, "CHANGED"), "another release\n"),
  replicas: ({ settings }) => set(settings, "api", { replicas: (settings["forecast-stack:api"] as { replicas: number }).replicas + 1 }),
  rule: ({ source }) => source.edit("alerts/backups.ts", 'for: "15m"', 'for: "20m"'),
  dashboard: ({ source }) => source.edit("dashboards/overview.ts", "Requests answered per second, by status.", "Requests answered each second, by status."),
  "flag definition": ({ source }) => source.edit("flags/definitions.ts", '"delay-300": 300', '"delay-300": 250'),
  "migration, expand": (draft) => migrate(draft, "99.0.1__remember_notes", "-- Kind: expand\nCREATE TABLE release_notes (release integer, note text);\n", "-- Undoes V99.0.1__remember_notes.sql. Deletes all notes.\nDROP TABLE release_notes;\n"),
  "migration, contract": (draft) => migrate(draft, "99.0.2__forget_releases", "-- Kind: contract\nALTER TABLE release_notes DROP COLUMN release;\n", "-- Undoes V99.0.2__forget_releases.sql. Deletes the numbers of releases.\nALTER TABLE release_notes ADD COLUMN release integer;\n"),
  "new component": ({ settings }) => set(settings, "redis", { enabled: true }),
  "explicit provider": async ({ source }) => {
    await source.add("infra/own-provider.ts", OWN_PROVIDER);
    await source.edit("infra/program.ts", "const root = ", 'import { ownProvider } from "./own-provider.ts";\n\nconst root = ');
    await source.edit("infra/program.ts", "  // databases\n", "  ownProvider(context);\n\n  // databases\n");
  },
  "resource renamed": async ({ source }) => {
    await source.edit("infra/own-provider.ts", '"first-name"', '"second-name"');
    // A name alone changes nothing in the cluster, and so makes no release.
    await source.edit("infra/own-provider.ts", 'note: "one"', 'note: "two"');
    await source.edit("infra/own-provider.ts", "{ provider }", '{ provider, aliases: [{ name: "first-name" }] }');
  },
  "removed component": ({ settings }) => set(settings, "monitoring", { kubeStateMetrics: false }),
  "rollout step": async ({ stack, settings }) => {
    await stack.kubectl(["patch", "configmap", "feature-flag-rollouts", "--type=merge", "--patch", JSON.stringify({ data: { hybrid: ROLLOUT } })]);
    settings["forecast-stack:logLevel"] = "debug";
  },
} as const satisfies Readonly<Record<string, Change>>;

export type ChangeName = keyof typeof changes;

/** What the first release has: one component is still to come. */
export async function firstSettings(): Promise<Record<string, unknown>> {
  // Only those with parts: a change names a part, and the others must stay as the template has them.
  const settings: Record<string, unknown> = Object.fromEntries(Object.entries(await templateSettings("dev")).filter(([, value]) => typeof value === "object"));
  await set(settings, "redis", { enabled: false });
  return settings;
}

/** Builds the draft's image from its folder, and makes it part of the settings. */
export async function buildImage({ dist, settings }: Draft): Promise<void> {
  settings["forecast-stack:images"] = { "forecast-service": await serviceImage(dist) };
}

/** The service as it was built, to be changed. */
export async function copyOfService(folder: string): Promise<void> {
  await cp(join(repository, "app", "dist"), folder, { recursive: true });
}

/** Settings are objects: what a change does not name stays. */
function set(settings: Record<string, unknown>, name: string, values: object): Promise<void> {
  const key = `forecast-stack:${name}`;
  settings[key] = { ...(settings[key] as object | undefined), ...values };
  return Promise.resolve();
}

/** In the sources, which record it, and in the image, which applies it. */
async function migrate({ source, dist }: Draft, name: string, sql: string, undo: string): Promise<void> {
  for (const [file, content] of [[`V${name}.sql`, sql], [`U${name}.sql`, undo]] as const) {
    await source.add(join("migrations", file), content);
    await writeFile(join(dist, "migrations", file), content);
  }
}
