import type * as pulumi from "@pulumi/pulumi";
import type { ImageRole } from "./image-roles.ts";
import type { MigrationFiles } from "./migration-files.ts";

/** What a stack tells others; the names are a contract. */
export interface Outputs {
  readonly namespace: pulumi.Output<string>;
  readonly serviceUrl: pulumi.Output<string>;
  /** Empty where there is none. */
  readonly prometheusUrl: pulumi.Output<string>;
  /** Empty where there is none. */
  readonly alertmanagerUrl: pulumi.Output<string>;
  /** Empty where Grafana is off. */
  readonly grafanaUrl: pulumi.Output<string>;
  /** The images that the stack runs, by role. */
  readonly images: Readonly<Partial<Record<ImageRole, pulumi.Input<string>>>>;
  /** The newest migration of this source. */
  readonly schemaVersion: string;
  /** Every migration of this source, with what going back over it takes. */
  readonly migrations: MigrationFiles["migrations"];
  /** The schemas that this release's service works with; no newest: it works with every newer one that took nothing away from it. */
  readonly schemaRange: { readonly oldest: string };
  /** Overrides of flags that were set when this was deployed: flag → value. */
  readonly flagOverrides: pulumi.Output<Record<string, string>>;
  /** Names what was deployed: source, settings and images. */
  readonly fingerprint: string;
}
