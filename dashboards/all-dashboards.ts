import type { ClassicDashboard } from "./classic-dashboard.ts";
import { overview } from "./overview.ts";

/** Every dashboard of the product by file name: one that is not here is not provisioned. */
export function allDashboards(): Readonly<Record<string, ClassicDashboard>> {
  return { "overview.json": overview() };
}
