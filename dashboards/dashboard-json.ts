import { allDashboards } from "./all-dashboards.ts";

/** A dashboard as Grafana reads it from its file: what checks and the viewer read of it. */
export interface DashboardJson {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly time: { readonly from: string; readonly to: string };
  readonly panels: readonly PanelJson[];
  readonly templating: { readonly list: readonly VariableJson[] };
  readonly annotations: { readonly list?: readonly AnnotationJson[] };
  readonly links: readonly LinkJson[];
}

export interface PanelJson {
  readonly id: number;
  /** `row` is a heading between panels. */
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: { readonly defaults: FieldDefaultsJson; readonly overrides: readonly unknown[] };
  readonly options?: Readonly<Record<string, unknown>>;
  readonly targets?: readonly TargetJson[];
  readonly links?: readonly LinkJson[];
}

export interface FieldDefaultsJson {
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  readonly noValue?: string;
  readonly thresholds?: { readonly mode: string; readonly steps: readonly { readonly value: number | null; readonly color: string }[] };
  readonly custom?: Readonly<Record<string, unknown>>;
}

export interface TargetJson {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly instant?: boolean;
  readonly datasource: { readonly uid: string };
}

export interface VariableJson {
  readonly name: string;
  readonly label: string;
  readonly query: string;
  /** What stands for all values, where all can be chosen. */
  readonly allValue?: string;
  readonly datasource: { readonly uid: string };
}

export interface AnnotationJson {
  readonly name: string;
  readonly iconColor: string;
  readonly expr: string;
  /** How far apart the moments are at which it is asked, such as `60s`. */
  readonly step: string;
  readonly titleFormat: string;
  readonly datasource: { readonly uid: string };
}

export interface LinkJson {
  readonly title: string;
  readonly type?: string;
  readonly url?: string;
}

/**
 * Every dashboard by file name, as the JSON that is provisioned.
 *
 * @param runbooks where the runbooks are read; by default where the viewer serves them
 */
export function dashboardFiles(runbooks = "/runbooks/"): ReadonlyMap<string, DashboardJson> {
  return new Map(Object.entries(allDashboards(runbooks)).map(([file, dashboard]) => [file, JSON.parse(JSON.stringify(dashboard)) as DashboardJson]));
}

/** The panels that show something: all but the headings. */
export function panelsOf({ panels }: DashboardJson): readonly PanelJson[] {
  return panels.filter(({ type }) => type !== "row");
}
