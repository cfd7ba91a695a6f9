import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { createTheme, ThemeContext } from "@grafana/data";
import { GlobalStyles, PortalContainer } from "@grafana/ui";
import type { DashboardJson } from "../../dashboard-json.ts";
import { askLabel } from "./ask-prometheus.ts";
import { ALL, type Choice, choicesOf, valuesOf } from "./choices.ts";
import { Dashboard } from "./dashboard.tsx";
import "./page.css";

const PADDING = 32;
const theme = createTheme({ colors: { mode: "light" } });

/** What the address says: `/d/<uid>?var-namespace=<namespace>&var-tenant=<tenant>&from=now-1h&viewPanel=<id>`, as in Grafana. */
const parameters = new URLSearchParams(location.search);
const uid = location.pathname.replace(/^\/d\//, "");
const alone = parameters.get("viewPanel");

function Page({ dashboards }: { readonly dashboards: readonly DashboardJson[] }): React.ReactNode {
  const [choices, setChoices] = useState<readonly Choice[]>();
  const [problem, setProblem] = useState<string>();
  const [width, setWidth] = useState(window.innerWidth - PADDING);
  const dashboard = dashboards.find((one) => one.uid === uid) ?? dashboards[0];

  useEffect(() => {
    const resize = (): void => setWidth(window.innerWidth - PADDING);
    window.addEventListener("resize", resize);
    return () => window.removeEventListener("resize", resize);
  }, []);
  useEffect(() => {
    if (dashboard === undefined) return;
    choicesOf(dashboard, parameters, askLabel).then(setChoices, (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)));
  }, [dashboard]);

  if (problem !== undefined) return <div className="problem">{problem}</div>;
  if (dashboard === undefined || choices === undefined) return null;
  const variables = valuesOf(choices);
  const namespace = variables?.["namespace"];
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
        {choices.map((choice, index) => (
          <label key={choice.name}>
            {choice.label}{" "}
            <select value={choice.chosen} onChange={({ target }) => location.assign(addressWith(dashboard, choices.slice(0, index), choice, target.value))}>
              {choice.options.map((option) => (
                <option key={option} value={option}>
                  {option === ALL ? "All" : option}
                </option>
              ))}
            </select>
          </label>
        ))}
      </header>
      {variables === undefined ? <div className="problem">Prometheus knows no environment yet: no service has reported its health.</div> : <Dashboard dashboard={dashboard} variables={variables} from={parameters.get("from") ?? dashboard.time.from} alone={alone === null ? undefined : Number(alone)} width={width} />}
    </>
  );
}

/** What comes after a choice is chosen anew: it depends on it. */
function addressWith({ uid }: DashboardJson, before: readonly Choice[], { name }: Choice, value: string): string {
  const kept = before.flatMap(({ name: other, chosen }) => (chosen === undefined ? [] : [[`var-${other}`, chosen]]));
  return `/d/${uid}?${new URLSearchParams([...kept, [`var-${name}`, value]]).toString()}`;
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
