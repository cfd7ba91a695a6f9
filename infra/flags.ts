import { ConfigMap } from "@pulumi/kubernetes/core/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import { definitionsKey, flagConfigMaps } from "@forecast-stack/flags/config-maps.ts";
import { definitions } from "@forecast-stack/flags/definitions.ts";
import { flagdDocument } from "@forecast-stack/flags/flagd-document.ts";
import { metadataOf, type StackContext } from "./stack-context.ts";

/**
 * The three ConfigMaps of the feature flags. The program owns the definitions
 * alone; what people write into the other two is never put back here. The
 * overrides are read once, so that every release records those it was made with.
 */
export class Flags extends pulumi.ComponentResource {
  readonly maps: readonly ConfigMap[];
  /** Flag → value, as people have overridden it when this update runs. */
  readonly overrides: pulumi.Output<Record<string, string>>;

  constructor(context: StackContext, options: pulumi.ComponentResourceOptions) {
    super("forecast-stack:infra:Flags", "flags", {}, options);
    const parent = { parent: this };
    const metadata = (name: string) => metadataOf(context, "flags", context.appVersion, name);
    const peoples = { ...parent, ignoreChanges: ["data", "binaryData", "metadata.annotations"] };
    const overrides = new ConfigMap(flagConfigMaps.overrides, { metadata: metadata(flagConfigMaps.overrides) }, peoples);
    this.maps = [
      new ConfigMap(
        flagConfigMaps.definitions,
        { metadata: metadata(flagConfigMaps.definitions), data: { [definitionsKey]: `${JSON.stringify(flagdDocument(definitions, context.settings.environment), null, 2)}\n` } },
        parent,
      ),
      overrides,
      new ConfigMap(flagConfigMaps.rollouts, { metadata: metadata(flagConfigMaps.rollouts) }, peoples),
    ];
    const inForce = ConfigMap.get("feature-flag-overrides-in-force", overrides.id, { ...parent, dependsOn: [overrides] });
    // A map without an entry has no data at all.
    this.overrides = inForce.data.apply((data: Record<string, string> | undefined) => data ?? {});
    this.registerOutputs({});
  }
}
