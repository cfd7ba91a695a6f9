import { type DataFrame, type FieldConfig, FieldType, getDisplayProcessor, type GrafanaTheme2, type ThresholdsConfig, ThresholdsMode } from "@grafana/data";
import type { PanelJson, TargetJson } from "../../dashboard-json.ts";
import { legendOf, parseValue, type Series } from "./ask-prometheus.ts";

/** What a target of a panel was answered. */
export interface TargetAnswer {
  readonly target: TargetJson;
  readonly series: readonly Series[];
}

/** The answers as Grafana's data frames, one for each series, with the panel's field options. */
export function dataFrames({ fieldConfig }: PanelJson, answers: readonly TargetAnswer[], theme: GrafanaTheme2): DataFrame[] {
  const { defaults } = fieldConfig ?? {};
  const config: FieldConfig = { ...(defaults as FieldConfig), thresholds: thresholdsOf(defaults?.thresholds) };
  return answers
    .flatMap(({ target, series }) => series.map((one) => ({ name: legendOf(target.legendFormat, one.metric), one })))
    .map(({ name, one }, seriesIndex) => {
      const value = { name, type: FieldType.number, values: one.values.map(([, text]) => finiteOrNull(parseValue(text))), labels: { ...one.metric }, config: { ...config, displayNameFromDS: name }, state: { displayName: name, seriesIndex } };
      return {
        length: one.values.length,
        name,
        fields: [
          { name: "Time", type: FieldType.time, values: one.values.map(([seconds]) => seconds * 1000), config: {} },
          { ...value, display: getDisplayProcessor({ field: value, theme, timeZone: "utc" }) },
        ],
      };
    });
}

/** NaN is what Prometheus says for 0 / 0: a gap. */
function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The first step begins at minus infinity, for which JSON has no number. */
function thresholdsOf(thresholds: { readonly steps: readonly { readonly value: number | null; readonly color: string }[] } | undefined): ThresholdsConfig {
  return { mode: ThresholdsMode.Absolute, steps: (thresholds?.steps ?? []).map(({ value, color }) => ({ value: value ?? -Infinity, color })) };
}
