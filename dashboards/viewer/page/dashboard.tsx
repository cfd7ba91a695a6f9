import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTheme2 } from "@grafana/ui";
import type { DashboardJson } from "../../dashboard-json.ts";
import type { Moments } from "./ask-prometheus.ts";
import { type Change, findChanges } from "./change-markers.tsx";
import { momentsOf, rateInterval } from "./moments.ts";
import { Panel } from "./panel.tsx";

/** Grafana's grid: 24 columns, rows of 30 pixels, 8 pixels between panels. */
const COLUMNS = 24;
const ROW = 30;
const GAP = 8;
const REFRESH = 30_000;

interface DashboardProps {
  readonly dashboard: DashboardJson;
  /** What stands for each of its variables. */
  readonly variables: Readonly<Record<string, string>>;
  /** How far back it looks, such as `now-6h`. */
  readonly from: string;
  /** The one panel to show, when it is to be shown alone. */
  readonly alone: number | undefined;
  readonly width: number;
}

/** All panels of a dashboard for one environment, asked again every half minute. */
export function Dashboard({ dashboard, variables, from, alone, width }: DashboardProps): React.ReactNode {
  const theme = useTheme2();
  const [moments, setMoments] = useState<Moments>(() => momentsOf(from, Date.now()));
  const [changes, setChanges] = useState<readonly Change[]>([]);
  const drawn = useRef(0);
  const values = useMemo(() => ({ ...variables, __rate_interval: rateInterval(moments) }), [variables, moments]);
  const shown = dashboard.panels.filter(({ id }) => alone === undefined || id === alone);
  const panels = shown.filter(({ type }) => type !== "row").length;

  useEffect(() => {
    const timer = setInterval(() => setMoments(momentsOf(from, Date.now())), REFRESH);
    return () => clearInterval(timer);
  }, [from]);

  useEffect(() => {
    findChanges(dashboard.annotations.list ?? [], values, moments, theme).then(setChanges, () => setChanges([]));
  }, [dashboard, values, moments, theme]);

  const onDrawn = useCallback(() => {
    drawn.current += 1;
    // Whoever takes a picture waits for this.
    if (drawn.current >= panels) document.body.dataset["drawn"] = dashboard.uid;
  }, [dashboard, panels]);

  const column = (width + GAP) / COLUMNS;
  const bottom = Math.max(0, ...shown.map(({ gridPos }) => gridPos.y + gridPos.h));
  return (
    <>
      <ul className="changes">
        {changes.slice(-12).map(({ at, text, color }) => (
          <li key={`${at} ${text}`}>
            <i style={{ background: color }} />
            {new Date(at).toISOString().slice(5, 16).replace("T", " ")} {text}
          </li>
        ))}
      </ul>
      <div className="grid" style={{ height: alone === undefined ? bottom * (ROW + GAP) : 600 }}>
        {shown.map((panel) => {
          const { x, y, w, h } = panel.gridPos;
          const place = alone === undefined ? { left: x * column, top: y * (ROW + GAP), width: w * column - GAP, height: h * (ROW + GAP) - GAP } : { left: 0, top: 0, width, height: 600 };
          if (panel.type === "row") return <h2 key={`row ${panel.title}`} style={place}>{panel.title}</h2>;
          return (
            <div key={panel.id} style={place}>
              <Panel panel={panel} values={values} moments={moments} changes={changes} width={place.width} height={place.height} onDrawn={onDrawn} />
            </div>
          );
        })}
      </div>
    </>
  );
}
