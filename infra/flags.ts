import { ConfigMap } from "@pulumi/kubernetes/core/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import { definitionsKey, flagConfigMaps } from "@forecast-stack/flags/config-maps.ts";
import { definitions } from "@forecast-stack/flags/definitions.ts";
import { flagdDocument } from "@forecast-stack/flags/flagd-document.ts";
import { metadataOf, type StackContext } from "./stack-context.ts";

/**
 * The three ConfigMaps of the feature flags. The program owns the definitions
 * alone; what people write into the other two is never read or put back here.
 */
export class Flags extends pulumi.ComponentResource {
  readonly maps: readonly ConfigMap[];

  constructor(context: StackContext, options: pulumi.ComponentResourceOptions) {
    super("forecast-stack:infra:Flags", "flags", {}, options);
    const parent = { parent: this };
    const metadata = (name: string) => metadataOf(context, "flags", context.appVersion, name);
    const peoples = { ...parent, ignoreChanges: ["data", "binaryData", "metadata.annotations"] };
    this.maps = [
      new ConfigMap(
        flagConfigMaps.definitions,
        { metadata: metadata(flagConfigMaps.definitions), data: { [definitionsKey]: `${JSON.stringify(flagdDocument(definitions, context.settings.environment), null, 2)}\n` } },
        parent,
      ),
      new ConfigMap(flagConfigMaps.overrides, { metadata: metadata(flagConfigMaps.overrides) }, peoples),
      new ConfigMap(flagConfigMaps.rollouts, { metadata: metadata(flagConfigMaps.rollouts) }, peoples),
    ];
    this.registerOutputs({});
  }
}
