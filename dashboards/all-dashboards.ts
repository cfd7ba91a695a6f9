import type { ClassicDashboard } from "./classic-dashboard.ts";
import { databases } from "./databases.ts";
import { flags } from "./flags.ts";
import { forecasting } from "./forecasting.ts";
import { kubernetes } from "./kubernetes.ts";
import { monitoring } from "./monitoring.ts";
import { overview } from "./overview.ts";
import { service } from "./service.ts";
import { slos } from "./slos.ts";

/** Every dashboard of the product by file name: one that is not here is not provisioned. */
export function allDashboards(): Readonly<Record<string, ClassicDashboard>> {
  return {
    "overview.json": overview(),
    "service.json": service(),
    "forecasting.json": forecasting(),
    "databases.json": databases(),
    "kubernetes.json": kubernetes(),
    "monitoring.json": monitoring(),
    "slos.json": slos(),
    "flags.json": flags(),
  };
}
