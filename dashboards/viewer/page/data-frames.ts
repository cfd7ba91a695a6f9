import { type DataFrame, type FieldConfig, FieldType, getDisplayProcessor, type GrafanaTheme2, type ThresholdsConfig, ThresholdsMode } from "@grafana/data";
import type { PanelJson, TargetJson } from "../../dashboard-json.ts";
import { legendOf, type Moments, type Series } from "./ask-prometheus.ts";
import { sampleOf, withGaps } from "./samples.ts";

/** What a target of a panel was answered. */
export interface TargetAnswer {
  readonly target: TargetJson;
  readonly series: readonly Series[];
}

/** The answers as Grafana's data frames, one for each series, with the panel's field options. */
export function dataFrames({ fieldConfig }: PanelJson, answers: readonly TargetAnswer[], moments: Moments, theme: GrafanaTheme2): DataFrame[] {
  const { defaults } = fieldConfig ?? {};
  const config: FieldConfig = { ...(defaults as FieldConfig), thresholds: thresholdsOf(defaults?.thresholds) };
  return answers
    .flatMap(({ target, series }) => series.map((one) => ({ name: legendOf(target.legendFormat, one.metric), instant: target.instant === true, one })))
    .map(({ name, instant, one }, seriesIndex) => {
      const samples = instant ? one.values.map(sampleOf) : withGaps(one, moments);
      const value = { name, type: FieldType.number, values: samples.map(([, known]) => known), labels: { ...one.metric }, config: { ...config, displayNameFromDS: name }, state: { displayName: name, seriesIndex } };
      return {
        length: samples.length,
        name,
        fields: [
          { name: "Time", type: FieldType.time, values: samples.map(([at]) => at * 1000), config: {} },
          { ...value, display: getDisplayProcessor({ field: value, theme, timeZone: "utc" }) },
        ],
      };
    });
}

/** The first step begins at minus infinity, for which JSON has no number. */
function thresholdsOf(thresholds: { readonly steps: readonly { readonly value: number | null; readonly color: string }[] } | undefined): ThresholdsConfig {
  return { mode: ThresholdsMode.Absolute, steps: (thresholds?.steps ?? []).map(({ value, color }) => ({ value: value ?? -Infinity, color })) };
}
