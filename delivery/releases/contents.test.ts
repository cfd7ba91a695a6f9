import { describe, expect, it } from "@jest/globals";
import { deploymentSchema } from "./checkpoint.ts";
import { contentsOf } from "./contents.ts";
import { compareReleases, type Side } from "./release-changes.ts";

const urnOf = (type: string, name: string) => `urn:pulumi:dev::p::${type}::${name}`;
const resource = (type: string, name: string, inputs: object, more: object = {}) => ({ urn: urnOf(type, name), type, custom: true, inputs, ...more });
const configMap = (name: string, data: object, more: object = {}) => resource("kubernetes:core/v1:ConfigMap", name, { data }, more);

const RULES = (seconds: string) => `groups:\n  - name: backups\n    rules:\n      - { alert: BackupTooOld, expr: x > 1, for: ${seconds} }\n      - { record: backup:age, expr: y }\n`;

/** A release of one rule file, one dashboard and one flag; each part of it can be another one. */
function release({ rules = RULES("15m"), dashboards = { "overview.json": "{}" }, flags = { CROSS_DOCK: { defaultVariant: "on" } }, others = [] }: { readonly rules?: string; readonly dashboards?: object; readonly flags?: object; readonly others?: readonly object[] }): Side {
  const root = { urn: urnOf("pulumi:pulumi:Stack", "p-dev"), type: "pulumi:pulumi:Stack", outputs: { images: { "forecast-service": "service:1" }, schemaVersion: "0.0.2" } };
  const resources = [root, configMap("prometheus-config", { "rules.yaml": rules }), configMap("dashboards", dashboards), configMap("feature-flags", { "flags.json": JSON.stringify({ flags }) }), ...others];
  return { ...contentsOf(deploymentSchema.parse({ manifest: { time: "now" }, resources }), (ciphertext) => ciphertext), configuration: new Map() };
}

describe("what is different between two releases", () => {
  it("is nothing where they are alike", () => {
    const same = compareReleases(release({}), release({}));
    expect(Object.values(same).flat().filter((change) => change !== null)).toEqual([]);
  });

  it("is a rule by its own name, with what of it changed, whether it alerts or records", () => {
    expect(compareReleases(release({}), release({ rules: RULES("20m").replace("expr: y", "expr: z") })).rules).toEqual([
      { name: "BackupTooOld", change: "updated", differences: [{ path: "for", before: "15m", after: "20m" }] },
      { name: "backup:age", change: "updated", differences: [{ path: "expr", before: "y", after: "z" }] },
    ]);
  });

  it("is a rule of an operator's PrometheusRule, too", () => {
    const spec = { groups: [{ name: "slo", rules: [{ alert: "TooSlow", expr: "z" }] }] };
    const added = compareReleases(release({}), release({ others: [resource("kubernetes:monitoring.coreos.com/v1:PrometheusRule", "slo", { spec })] }));
    expect(added.rules).toEqual([{ name: "TooSlow", change: "created", differences: [] }]);
  });

  it("is a dashboard by its file", () => {
    const { dashboards } = compareReleases(release({ dashboards: { "overview.json": "{}", "old.json": "{}" } }), release({ dashboards: { "overview.json": '{"title":"All"}', "new.json": "{}" } }));
    expect(dashboards.map(({ name, change }) => `${change} ${name}`)).toEqual(["updated overview.json", "deleted old.json", "created new.json"]);
  });

  it("is a flag by its name, down to the variant", () => {
    const { flags } = compareReleases(release({}), release({ flags: { CROSS_DOCK: { defaultVariant: "off" }, HYBRID: {} } }));
    expect(flags).toEqual([
      { name: "CROSS_DOCK", change: "updated", differences: [{ path: "defaultVariant", before: "on", after: "off" }] },
      { name: "HYBRID", change: "created", differences: [] },
    ]);
  });

  it("is not what a release only read, or was about to delete", () => {
    const others = [configMap("read", {}, { external: true }), configMap("condemned", {}, { delete: true })];
    expect(compareReleases(release({}), release({ others })).resources).toEqual([]);
  });

  it("says that a resource's secret is another one, and never what it is", () => {
    const secret = (plaintext: string) => ({ others: [resource("kubernetes:core/v1:Secret", "passwords", { stringData: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: plaintext } })] });
    const { resources } = compareReleases(release(secret("hunter1")), release(secret("hunter2")));
    expect(resources).toMatchObject([{ change: "updated", differences: [{ path: "stringData" }] }]);
    expect(JSON.stringify(resources)).not.toContain("hunter");
  });
});
