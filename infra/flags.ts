import { ConfigMap } from "@pulumi/kubernetes/core/v1/index.js";
import { Role } from "@pulumi/kubernetes/rbac/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import { definitionsKey, flagConfigMaps, rolloutRecordsMap } from "@forecast-stack/flags/config-maps.ts";
import { definitions } from "@forecast-stack/flags/definitions.ts";
import { flagdDocument } from "@forecast-stack/flags/flagd-document.ts";
import { flagAdmission } from "./flag-admission.ts";
import { metadataOf, type StackContext } from "./stack-context.ts";

/**
 * The three ConfigMaps of the feature flags, the records of rollouts, what the API server lets into them,
 * and a Role for the teams that turn flags. The program owns the definitions
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
      new ConfigMap(rolloutRecordsMap, { metadata: metadata(rolloutRecordsMap) }, peoples),
    ];
    flagAdmission(context, parent);
    flagEditor(context, parent);
    const inForce = ConfigMap.get("feature-flag-overrides-in-force", overrides.id, { ...parent, dependsOn: [overrides] });
    // A map without an entry has no data at all.
    this.overrides = inForce.data.apply((data: Record<string, string> | undefined) => data ?? {});
    this.registerOutputs({});
  }
}

/** What a team that turns flags needs: to see them and what was ignored, and to write the overrides alone. Who has it is the cluster's business. */
function flagEditor(context: StackContext, parent: pulumi.CustomResourceOptions): void {
  const name = "feature-flag-editor";
  new Role(
    name,
    {
      metadata: metadataOf(context, "flags", context.appVersion, name),
      rules: [
        { apiGroups: [""], resources: ["configmaps"], resourceNames: Object.values(flagConfigMaps), verbs: ["get", "list", "watch"] },
        { apiGroups: [""], resources: ["configmaps"], resourceNames: [flagConfigMaps.overrides], verbs: ["patch", "update"] },
        { apiGroups: [""], resources: ["events"], verbs: ["get", "list", "watch"] },
      ],
    },
    parent,
  );
}
