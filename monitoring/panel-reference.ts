/** A panel of a dashboard, as alerts name it. */
export interface PanelReference {
  /** The dashboard's uid. */
  readonly dashboard: string;
  readonly title: string;
}

/** The dashboards that alerts link to, by what they are about. */
export const dashboardUids = {
  overview: "forecast-overview",
  slos: "forecast-slos",
  service: "forecast-service",
  forecasting: "forecast-forecasting",
  cache: "forecast-cache",
  jobs: "forecast-jobs",
  rollouts: "forecast-flags",
  databases: "forecast-databases",
  flags: "forecast-flags",
  kubernetes: "forecast-kubernetes",
  monitoring: "forecast-monitoring",
} as const;

/** The panel with this title on one of the dashboards. */
export function panel(dashboard: keyof typeof dashboardUids, title: string): PanelReference {
  return { dashboard: dashboardUids[dashboard], title };
}

/**
 * A panel's id within its dashboard, from its title: links to it (`viewPanel`)
 * stay valid when panels before it come and go.
 *
 * @returns 1 to 999,999
 */
export function panelId(title: string): number {
  let hash = 2_166_136_261;
  // FNV-1a, 32 bits.
  for (const byte of new TextEncoder().encode(title)) hash = Math.imul(hash ^ byte, 16_777_619) >>> 0;
  return 1 + (hash % 999_999);
}
