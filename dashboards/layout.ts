import { DashboardCursorSync, DashboardLinkBuilder, DashboardLinkType, QueryVariableBuilder, RowBuilder, type VariableModel, VariableRefresh } from "@grafana/grafana-foundation-sdk/dashboard";
import type { MetricOwner } from "@forecast-stack/monitoring/catalogue/metric-definition.ts";
import { series } from "@forecast-stack/monitoring/promql.ts";
import { type ClassicBuilder, type ClassicDashboard, classicDashboard } from "./classic-dashboard.ts";
import { changeMarkers } from "./markers.ts";
import { dataSource, figure, graph, type PanelText } from "./panel.ts";

/** Matches whatever value a label has, when everything is chosen. */
const ANY = ".*";

/** Grafana's grid. */
const GRID_WIDTH = 24;
const HEIGHTS = { graph: 8, figure: 5 } as const;

/** A panel and how much of the width it takes, in 24ths. */
export interface Placed {
  readonly kind: "graph" | "figure";
  readonly width: number;
  readonly text: PanelText;
}

/** Values over time; a third of the width. */
export function curve(text: PanelText, width = 8): Placed {
  return { kind: "graph", width, text };
}

/** The newest value; a sixth of the width. */
export function number(text: PanelText, width = 4): Placed {
  return { kind: "figure", width, text };
}

/** A heading and the panels below it; those of one row have one kind. */
export interface Section {
  readonly title: string;
  readonly panels: readonly Placed[];
}

/** Something else than the environment to choose by: the values of a label, or all of them. */
export interface Choice {
  readonly name: string;
  readonly label: string;
  /** The series that have the label. */
  readonly of: string;
}

export interface DashboardText {
  readonly uid: string;
  readonly title: string;
  /** What it answers, as a sentence. */
  readonly description: string;
  readonly owner: MetricOwner;
  /** How far back it looks when it is opened, such as `6h`. */
  readonly window: string;
  /** Each may name the ones before it. */
  readonly choices?: readonly Choice[];
  readonly sections: readonly Section[];
}

/** Lays panels out from left to right and from top to bottom. */
export function dashboard({ uid, title, description, owner, window, choices = [], sections }: DashboardText): ClassicDashboard {
  const builder = frame(classicDashboard(title), window).uid(uid).description(`${description} Owner: ${owner}`).tags(["forecast-stack", `owner:${owner}`]);
  for (const choice of choices) builder.withVariable({ build: () => variable(labelValues(choice).includeAll(true).allValue(ANY)) });
  let y = 0;
  for (const section of sections) {
    builder.withRow(new RowBuilder(section.title).gridPos({ x: 0, y, w: GRID_WIDTH, h: 1 }));
    y += 1;
    let x = 0;
    let height = 0;
    for (const { kind, width, text } of section.panels) {
      if (x + width > GRID_WIDTH) [x, y, height] = [0, y + height, 0];
      const place = { x, y, w: width, h: HEIGHTS[kind] };
      builder.withPanel(kind === "graph" ? graph(text, place) : figure(text, place));
      x += width;
      height = Math.max(height, place.h);
    }
    y += height;
  }
  return builder.build();
}

/** One environment is one stack in one namespace. */
function environment(): VariableModel {
  return variable(labelValues({ name: "namespace", label: "Environment", of: series("inventory_forecasting_health_status") }));
}

function labelValues({ name, label, of }: Choice): QueryVariableBuilder {
  return new QueryVariableBuilder(name).label(label).datasource(dataSource).query(`label_values(${of}, ${name})`).refresh(VariableRefresh.OnTimeRangeChanged);
}

/** The builder gives every variable what only intervals have; Grafana's schema refuses that. */
function variable(builder: QueryVariableBuilder): VariableModel {
  const model: VariableModel = builder.build();
  delete model.auto;
  delete model.auto_min;
  delete model.auto_count;
  return model;
}

/** What every dashboard has: the choice of an environment, the way to the others, what changed, the same crosshair in all panels. */
function frame(builder: ClassicBuilder, window: string): ClassicBuilder {
  for (const marker of changeMarkers()) builder.annotation({ build: () => marker });
  return builder
    .timezone("utc")
    .time({ from: `now-${window}`, to: "now" })
    .refresh("30s")
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable({ build: environment })
    .link(new DashboardLinkBuilder("Dashboards").type(DashboardLinkType.Dashboards).tags(["forecast-stack"]).asDropdown(true).includeVars(true).keepTime(true));
}
