import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { createTheme, ThemeContext } from "@grafana/data";
import { GlobalStyles, PortalContainer } from "@grafana/ui";
import type { DashboardJson } from "../../dashboard-json.ts";
import { askLabel } from "./ask-prometheus.ts";
import { Dashboard } from "./dashboard.tsx";
import "./page.css";

const PADDING = 32;
const theme = createTheme({ colors: { mode: "light" } });

/** What the address says: `/d/<uid>?var-namespace=<namespace>&from=now-1h&viewPanel=<id>`, as in Grafana. */
const parameters = new URLSearchParams(location.search);
const uid = location.pathname.replace(/^\/d\//, "");
const alone = parameters.get("viewPanel");

function Page({ dashboards }: { readonly dashboards: readonly DashboardJson[] }): React.ReactNode {
  const [environments, setEnvironments] = useState<readonly string[]>();
  const [problem, setProblem] = useState<string>();
  const [width, setWidth] = useState(window.innerWidth - PADDING);
  const dashboard = dashboards.find((one) => one.uid === uid) ?? dashboards[0];

  useEffect(() => {
    const resize = (): void => setWidth(window.innerWidth - PADDING);
    window.addEventListener("resize", resize);
    return () => window.removeEventListener("resize", resize);
  }, []);
  useEffect(() => {
    const [, selector = "", label = ""] = /^label_values\((.+),\s*(\w+)\)$/.exec(dashboard?.templating.list[0]?.query ?? "") ?? [];
    askLabel(selector, label).then(setEnvironments, (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)));
  }, [dashboard]);

  if (problem !== undefined) return <div className="problem">{problem}</div>;
  if (dashboard === undefined || environments === undefined) return null;
  const namespace = parameters.get("var-namespace") ?? environments[0];
  return (
    <>
      <nav>
        {dashboards.map(({ uid: other, title }) => (
          <a key={other} href={`/d/${other}${namespace === undefined ? "" : `?var-namespace=${namespace}`}`} aria-current={other === dashboard.uid ? "page" : undefined}>
            {title}
          </a>
        ))}
      </nav>
      <header>
        <h1>{dashboard.title}</h1>
        <p>{dashboard.description}</p>
        <label>
          Environment{" "}
          <select value={namespace} onChange={({ target }) => location.assign(`/d/${dashboard.uid}?var-namespace=${target.value}`)}>
            {environments.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </header>
      {namespace === undefined ? <div className="problem">Prometheus knows no environment yet: no service has reported its health.</div> : <Dashboard dashboard={dashboard} namespace={namespace} from={parameters.get("from") ?? dashboard.time.from} alone={alone === null ? undefined : Number(alone)} width={width} />}
    </>
  );
}

const place = document.querySelector("#page");
if (place === null) throw new Error("index.html has no place for the page.");
const dashboards = (await (await fetch("/dashboards.json")).json()) as readonly DashboardJson[];
createRoot(place).render(
  <ThemeContext.Provider value={theme}>
    <GlobalStyles />
    <Page dashboards={dashboards} />
    <PortalContainer />
  </ThemeContext.Provider>,
);
