import { useLayoutEffect } from "react";
import type { GrafanaTheme2 } from "@grafana/data";
import type { UPlotConfigBuilder } from "@grafana/ui";
import type { AnnotationJson } from "../../dashboard-json.ts";
import { interpolate } from "../../interpolate.ts";
import { askRange, legendOf, type Moments } from "./ask-prometheus.ts";

/** Something that changed. */
export interface Change {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
  readonly color: string;
}

/** What the annotations of a dashboard mark within a window, oldest first. */
export async function findChanges(annotations: readonly AnnotationJson[], values: Readonly<Record<string, string>>, { from, to }: Moments, theme: GrafanaTheme2): Promise<Change[]> {
  const found = await Promise.all(
    annotations.map(async ({ expr, titleFormat, iconColor }) => {
      // Grafana asks once a minute, and for no more moments than Prometheus gives.
      const series = await askRange(interpolate(expr, values), { from, to, step: Math.max(60, Math.ceil((to - from) / 11_000)) });
      return series.flatMap(({ metric, values: moments }) => moments.map(([seconds]) => ({ at: seconds * 1000, text: legendOf(titleFormat, metric), color: theme.visualization.getColorByName(iconColor) })));
    }),
  );
  return found.flat().sort((a, b) => a.at - b.at);
}

/** Draws changes as dashed lines into a graph. */
export function ChangeMarkers({ config, changes }: { readonly config: UPlotConfigBuilder; readonly changes: readonly Change[] }): null {
  useLayoutEffect(() => {
    config.addHook("draw", (plot) => {
      const { ctx, bbox } = plot;
      ctx.save();
      ctx.setLineDash([4, 4]);
      for (const { at, color } of changes) {
        const x = Math.round(plot.valToPos(at, "x", true));
        if (x < bbox.left || x > bbox.left + bbox.width) continue;
        ctx.strokeStyle = color;
        ctx.fillStyle = color;
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
        ctx.fillRect(x - 3, bbox.top + bbox.height, 6, 5);
      }
      ctx.restore();
    });
  }, [config, changes]);
  return null;
}
