import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import ts from "typescript";
import { dashboardFiles, panelsOf } from "./dashboard-json.ts";

/** Where Grafana keeps the types of a panel's own options, by the panel's type. */
const optionTypes: Readonly<Record<string, string>> = {
  timeseries: "timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen",
  stat: "stat/panelcfg/x/StatPanelCfg_types.gen",
};

const file = join(import.meta.dirname, "dashboards-as-literals.ts");

describe("every dashboard", () => {
  it("is what Grafana's own types say that a dashboard is, down to the options of each panel", () => {
    expect(typeErrors(sourceOf([...dashboardFiles()].map(([name, dashboard]) => [name, JSON.stringify(dashboard, undefined, 1)])))).toEqual([]);
  }, 120_000);

  it.each([
    ["a dashboard", '"refresh":', '"refreshed":'],
    ["a panel's options", '"reduceOptions":', '"reducedOptions":'],
    ["a graph's drawing style", '"fillOpacity":', '"fillOpaqueness":'],
    ["a threshold mode", '"mode":"absolute"', '"mode":"relative"'],
  ])("would be refused with what Grafana does not know in %s", (_where, known, unknown) => {
    const overview = JSON.stringify(dashboardFiles().get("overview.json"));
    expect(overview).toContain(known);
    expect(typeErrors(sourceOf([["overview.json", overview.replace(known, unknown)]]))).not.toEqual([]);
  }, 120_000);
});

/** The JSON as TypeScript literals: only there does the compiler ask for properties that do not exist. */
function sourceOf(dashboards: readonly (readonly [string, string])[]): string {
  const used = new Set([...dashboardFiles().values()].flatMap((dashboard) => panelsOf(dashboard).map(({ type }) => type)));
  const imports = [...used].map((type) => `import type * as ${type} from "@grafana/schema/dist/esm/raw/composable/${optionTypes[type] ?? type}";`);
  return `import type { AnnotationQuery, Dashboard, Panel, RowPanel, ThresholdsMode } from "@grafana/schema";
${imports.join("\n")}
// In JSON a member of an enumeration is its value.
type Json<T> = T extends string ? \`\${T}\` : T extends number | boolean | null | undefined ? T : T extends readonly (infer E)[] ? readonly Json<E>[] : T extends object ? { [K in keyof T]: Json<T[K]> } : T;
// The first step begins at minus infinity, for which JSON has no number: Grafana writes null.
type Thresholds = { mode: \`\${ThresholdsMode}\`; steps: readonly { value: number | null; color: string }[] };
type Drawn<Kind extends string, Options, Custom> = Json<Omit<Panel, "type" | "options" | "fieldConfig">> & { type: Kind; options: Json<Partial<Options>>; fieldConfig: { defaults: Json<Omit<NonNullable<Panel["fieldConfig"]>["defaults"], "custom" | "thresholds">> & { thresholds: Thresholds; custom?: Json<Custom> }; overrides: unknown[] } };
type Drawing = ${[...used].map((type) => `Drawn<"${type}", ${type}.Options, ${type === "timeseries" ? "timeseries.FieldConfig" : "never"}>`).join(" | ")};
// What Grafana's Prometheus data source reads of an annotation, which the schema of dashboards leaves to it.
type Marker = Json<AnnotationQuery> & { expr: string; step: string; titleFormat: string };
type File = Json<Omit<Dashboard, "panels" | "annotations">> & { annotations: { list: readonly Marker[] }; panels: readonly (Drawing | Json<RowPanel>)[] };
${dashboards.map(([name, json]) => `export const ${name.replaceAll(/\W/g, "_")}: File = ${json};`).join("\n")}
`;
}

function typeErrors(source: string): string[] {
  const options: ts.CompilerOptions = { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, target: ts.ScriptTarget.ES2024, strict: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true, types: [] };
  const host = ts.createCompilerHost(options);
  const onDisk = { getSourceFile: host.getSourceFile.bind(host), fileExists: host.fileExists.bind(host) };
  const ours = ts.createSourceFile(file, source, ts.ScriptTarget.ES2024);
  host.getSourceFile = (name, ...rest) => (name === file ? ours : onDisk.getSourceFile(name, ...rest));
  host.fileExists = (name) => name === file || onDisk.fileExists(name);
  return ts.getPreEmitDiagnostics(ts.createProgram([file], options, host)).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}
