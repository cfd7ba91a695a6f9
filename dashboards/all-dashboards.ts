import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { overview } from "./overview.ts";

/** Every dashboard of the product by file name: one that is not here is not provisioned. */
export function allDashboards(): Readonly<Record<string, Dashboard>> {
  return { "overview.json": overview() };
}
