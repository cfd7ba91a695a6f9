import { dashboardUids } from "@forecast-stack/monitoring/panel-reference.ts";

const { slos, service, forecasting, databases, kubernetes, monitoring } = dashboardUids;

/** Dashboards that alerts link to and that are still to be drawn: a test asks for their panels as soon as they leave this list. */
export const pendingDashboards: readonly string[] = [slos, service, forecasting, databases, kubernetes, monitoring];
