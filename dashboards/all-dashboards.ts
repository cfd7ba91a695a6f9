import { cache } from "./cache.ts";
import type { ClassicDashboard } from "./classic-dashboard.ts";
import { databases } from "./databases.ts";
import { forecasting } from "./forecasting.ts";
import { jobs } from "./jobs.ts";
import { kubernetes } from "./kubernetes.ts";
import { monitoring } from "./monitoring.ts";
import { overview } from "./overview.ts";
import { rolloutsAndFlags } from "./rollouts-and-flags.ts";
import { withRunbooks } from "./runbooks.ts";
import { service } from "./service.ts";
import { slos } from "./slos.ts";
import { validation } from "./validation.ts";

/**
 * Every dashboard of the product by file name: one that is not here is not provisioned.
 *
 * @param runbooks where the runbooks are read, before the file name; panels link to them when a browser can
 */
export function allDashboards(runbooks: string): Readonly<Record<string, ClassicDashboard>> {
  const dashboards = {
    "overview.json": overview(),
    "service.json": service(),
    "forecasting.json": forecasting(),
    "cache.json": cache(),
    "databases.json": databases(),
    "jobs.json": jobs(),
    "rollouts-and-flags.json": rolloutsAndFlags(),
    "slos.json": slos(),
    "kubernetes.json": kubernetes(),
    "validation.json": validation(),
    "monitoring.json": monitoring(),
  };
  return Object.fromEntries(Object.entries(dashboards).map(([file, dashboard]) => [file, withRunbooks(dashboard, runbooks)]));
}
