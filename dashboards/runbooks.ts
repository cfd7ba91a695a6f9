import type { ClassicDashboard } from "./classic-dashboard.ts";

/** Begins the address of a runbook until it is known where they are read. */
const UNPLACED = "runbook:";

/** The address of a section of a runbook (`<file>#<section>`), to be placed by `withRunbooks`. */
export function runbookAddress(section: string): string {
  return `${UNPLACED}${section}`;
}

/**
 * Puts the links to runbooks where they are read. A place that a browser cannot
 * go to from Grafana, such as a folder of the repository, leaves no link.
 *
 * @param place before the file name: a URL, or a path of the same server
 */
export function withRunbooks(dashboard: ClassicDashboard, place: string): ClassicDashboard {
  const reachable = /^(https?:\/\/|\/)/.test(place);
  for (const panel of dashboard.panels ?? []) {
    if (!("links" in panel)) continue;
    if (reachable) for (const link of panel.links) link.url = link.url?.replace(UNPLACED, place) ?? "";
    else delete panel.links;
  }
  return dashboard;
}
