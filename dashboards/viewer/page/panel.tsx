import { useEffect, useState } from "react";
import type { DataFrame } from "@grafana/data";
import { PanelChrome, useTheme2 } from "@grafana/ui";
import type { PanelJson, TargetJson } from "../../dashboard-json.ts";
import { interpolate } from "../../interpolate.ts";
import { askNow, askRange, type Moments } from "./ask-prometheus.ts";
import type { Change } from "./change-markers.tsx";
import { dataFrames } from "./data-frames.ts";
import { PanelBody } from "./panel-body.tsx";

interface PanelProps {
  readonly panel: PanelJson;
  readonly values: Readonly<Record<string, string>>;
  readonly moments: Moments;
  readonly changes: readonly Change[];
  readonly width: number;
  readonly height: number;
  /** Called each time that it has drawn what it was answered. */
  readonly onDrawn: () => void;
}

type State = { readonly frames: DataFrame[]; readonly moments: Moments } | { readonly problem: string } | undefined;

/** A panel: asks its targets, and draws the answers in Grafana's frame. */
export function Panel({ panel, values, moments, changes, width, height, onDrawn }: PanelProps): React.ReactNode {
  const theme = useTheme2();
  const [state, setState] = useState<State>();

  useEffect(() => {
    let wanted = true;
    void Promise.all((panel.targets ?? []).map(async (target) => ({ target, series: await ask(target, values, moments) })))
      .then((answers): State => ({ frames: dataFrames(panel, answers, moments, theme), moments }))
      .catch((error: unknown): State => ({ problem: error instanceof Error ? error.message : String(error) }))
      .then((answered) => {
        if (wanted) setState(answered);
      });
    return () => {
      wanted = false;
    };
  }, [panel, values, moments, theme]);

  useEffect(() => {
    if (state !== undefined) onDrawn();
  }, [state, onDrawn]);

  const links = (panel.links ?? []).map(({ title, url }) => (
    <a key={url} className="runbook" href={url} target="_blank" rel="noreferrer" title={title} aria-label={title}>
      §
    </a>
  ));
  return (
    <PanelChrome title={panel.title} description={panel.description ?? ""} titleItems={links} width={width} height={height}>
      {(innerWidth, innerHeight) => {
        if (state === undefined) return <div className="empty">…</div>;
        if ("problem" in state) return <div className="problem">{state.problem}</div>;
        return <PanelBody panel={panel} frames={state.frames} moments={state.moments} changes={changes} width={innerWidth} height={innerHeight} />;
      }}
    </PanelChrome>
  );
}

async function ask({ expr, instant }: TargetJson, values: Readonly<Record<string, string>>, moments: Moments) {
  const query = interpolate(expr, values);
  return instant === true ? askNow(query, moments.to) : askRange(query, moments);
}
