import { DashboardLinkBuilder, DashboardLinkType, FieldColorBuilder, FieldColorModeId, ThresholdsConfigBuilder, ThresholdsMode } from "@grafana/grafana-foundation-sdk/dashboard";
import { GraphThresholdsStyleConfigBuilder, GraphThresholdsStyleMode, ReduceDataOptionsBuilder, VizLegendOptionsBuilder, VizTooltipOptionsBuilder, LegendDisplayMode, LegendPlacement, SortOrder, TooltipDisplayMode } from "@grafana/grafana-foundation-sdk/common";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatPanelBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeseriesPanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { panelId } from "@forecast-stack/monitoring/panel-reference.ts";
import { thresholdSteps, type Limits } from "./limits.ts";
import { runbookAddress } from "./runbooks.ts";

/** The data source that infra/ provisions; the one place that knows its identity. */
export const dataSource = { type: "prometheus", uid: "prometheus" };

/** One line of a panel. `{{label}}` in the legend is replaced by the series' label. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

/** What every panel says of itself: nobody should have to guess a unit or where good ends. */
export interface PanelText {
  readonly title: string;
  readonly description: string;
  /** Grafana's name of the unit of every value. */
  readonly unit: string;
  readonly queries: readonly Query[];
  readonly limits?: Limits;
  readonly min?: number;
  readonly max?: number;
  /** True where no value means that all is well, or that nothing goes on; elsewhere it means that nobody knows. */
  readonly emptyIsGood?: boolean;
  /** `<file>#<section>` below alerts/runbooks/: what to do when it is not good. */
  readonly runbook?: string;
}

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Up to where an axis reaches at least, by unit, where no limit says more. */
const smallestAxis: Readonly<Record<string, number>> = { none: 0.1, s: 0.01, percentunit: 0.01, percent: 1, reqps: 0.01, ops: 0.01, opm: 0.1 };

/** Values over time, with a dashed line where good ends. */
export function graph(text: PanelText, place: Place): TimeseriesPanelBuilder {
  const panel = new TimeseriesPanelBuilder()
    .id(panelId(text.title))
    .title(text.title)
    .description(text.description)
    .unit(text.unit)
    .datasource(dataSource)
    .targets(queries(text, false))
    .gridPos(place)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .lineWidth(1)
    .fillOpacity(8)
    .legend(new VizLegendOptionsBuilder().showLegend(true).displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).calcs(["lastNotNull"]))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .noValue(noValue(text))
    .links(links(text))
    .thresholds(steps(text.limits))
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(text.limits === undefined ? GraphThresholdsStyleMode.Off : GraphThresholdsStyleMode.Dashed));
  if (text.min !== undefined) panel.min(text.min);
  if (text.max !== undefined) panel.max(text.max);
  // Without it a line at 0 is drawn on an axis to 100, or 10,000 %, and the limit cannot be seen.
  const least = Math.max(text.limits?.bad ?? 0, smallestAxis[text.unit] ?? 0);
  if (text.max === undefined && least > 0) panel.axisSoftMax(least);
  return panel;
}

/** The newest value, in the colour of how good it is. */
export function figure(text: PanelText, place: Place): StatPanelBuilder {
  const panel = new StatPanelBuilder()
    .id(panelId(text.title))
    .title(text.title)
    .description(text.description)
    .unit(text.unit)
    .datasource(dataSource)
    .targets(queries(text, true))
    .gridPos(place)
    .noValue(noValue(text))
    .links(links(text))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
    .thresholds(steps(text.limits));
  // An increase is estimated; what it counts are wholes.
  if (text.unit === "none" && text.queries.every(({ expr }) => expr.includes("increase("))) panel.decimals(0);
  return panel;
}

function links({ runbook }: PanelText): DashboardLinkBuilder[] {
  return runbook === undefined ? [] : [new DashboardLinkBuilder("Runbook").type(DashboardLinkType.Link).url(runbookAddress(runbook)).targetBlank(true)];
}

/** What stands where there is no value: it is good, or nobody knows. */
function noValue({ emptyIsGood }: PanelText): "none" | "unknown" {
  return emptyIsGood === true ? "none" : "unknown";
}

function queries({ queries: list }: PanelText, instant: boolean): DataqueryBuilder[] {
  return list.map(({ expr, legend }, index) => {
    const query = new DataqueryBuilder()
      .refId(String.fromCharCode("A".charCodeAt(0) + index))
      .datasource(dataSource)
      .expr(expr)
      .legendFormat(legend);
    return instant ? query.instant() : query.range();
  });
}

function steps(limits: Limits | undefined): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(thresholdSteps(limits));
}
