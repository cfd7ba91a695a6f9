import { dateTime, type DataFrame, type DisplayValue, VizOrientation } from "@grafana/data";
import { BigValue, BigValueColorMode, BigValueGraphMode, BigValueJustifyMode, BigValueTextMode, TimeSeries, useTheme2, VizRepeater } from "@grafana/ui";
import type { VizLegendOptions } from "@grafana/schema";
import type { PanelJson } from "../../dashboard-json.ts";
import type { Moments } from "./ask-prometheus.ts";
import { type Change, ChangeMarkers } from "./change-markers.tsx";

interface Drawing {
  readonly panel: PanelJson;
  readonly frames: DataFrame[];
  readonly moments: Moments;
  readonly changes: readonly Change[];
  readonly width: number;
  readonly height: number;
}

/** A panel's data, drawn as its type says, or the text that stands where there is none. */
export function PanelBody(drawing: Drawing): React.ReactNode {
  const { panel, frames } = drawing;
  if (frames.every(({ fields }) => fields[1]?.values.every((value) => value === null) ?? true)) return <div className="empty">{panel.fieldConfig?.defaults.noValue}</div>;
  switch (panel.type) {
    case "timeseries":
      return <Graph {...drawing} />;
    case "stat":
      return <Figures {...drawing} />;
    default:
      return <div className="problem">This viewer draws no panels of the type “{panel.type}”: add it to dashboards/viewer/page/panel-body.tsx.</div>;
  }
}

function Graph({ panel, frames, moments, changes, width, height }: Drawing): React.ReactNode {
  const from = dateTime(moments.from * 1000);
  const to = dateTime(moments.to * 1000);
  // Markers are drawn by hooks, which a graph takes when it is made.
  const marked = changes.map(({ at }) => at).join();
  return (
    <TimeSeries key={marked} frames={frames} structureRev={moments.to} width={width} height={height} timeRange={{ from, to, raw: { from, to } }} timeZone="utc" legend={panel.options?.["legend"] as VizLegendOptions}>
      {(config) => <ChangeMarkers config={config} changes={changes} />}
    </TimeSeries>
  );
}

function Figures({ frames, moments, width, height }: Drawing): React.ReactNode {
  const theme = useTheme2();
  const values = frames.map(newest);
  return (
    <VizRepeater
      getValues={() => values}
      source={frames}
      width={width}
      height={height}
      orientation={VizOrientation.Auto}
      autoGrid
      renderCounter={moments.to}
      renderValue={({ value, width: each, height: tall, count }) => (
        <BigValue value={value} count={count} width={each} height={tall} colorMode={BigValueColorMode.Value} graphMode={BigValueGraphMode.None} justifyMode={BigValueJustifyMode.Auto} textMode={BigValueTextMode.Auto} theme={theme} />
      )}
    />
  );
}

/** The last value of a series in its unit and colour, under its name. */
function newest({ fields: [, field], name }: DataFrame): DisplayValue {
  const value: unknown = field?.values.at(-1);
  return { ...(field?.display?.(value) ?? { text: "", numeric: NaN }), title: name ?? "" };
}
