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
  /** Every migration of this source, and whether an older release can work with what it leaves (expand) or not (contract). */
  readonly migrations: MigrationFiles["migrations"];
  /** Names what was deployed: source, settings and images. */
  readonly fingerprint: string;
}
