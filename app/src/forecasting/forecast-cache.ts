/** Cached forecasts of a tenant belong to this group; a completed run makes them out of date. */
export function forecastsGroup(tenant: string): string {
  return `forecasts:all:${tenant}`;
}
