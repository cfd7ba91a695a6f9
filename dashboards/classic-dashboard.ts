/* eslint-disable @typescript-eslint/no-deprecated -- the newer schema is a Kubernetes-style resource, which Grafana's file provisioning and @grafana/schema do not take */
import { type Dashboard, DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";

/** A dashboard in the JSON that every Grafana since 10 provisions from files. */
export type ClassicDashboard = Dashboard;

/** A dashboard in the making. */
export type ClassicBuilder = DashboardBuilder;

/** Begins a dashboard. */
export function classicDashboard(title: string): ClassicBuilder {
  return new DashboardBuilder(title);
}
