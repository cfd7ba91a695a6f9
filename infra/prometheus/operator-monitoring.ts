import { CustomResource } from "@pulumi/kubernetes/apiextensions/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { ScrapeJob } from "@forecast-stack/monitoring/scrape-jobs.ts";
import { serviceMonitorSpec } from "@forecast-stack/monitoring/service-monitors.ts";
import type { Component } from "../components.ts";
import { metadataOf, type StackContext } from "../stack-context.ts";

const apiVersion = "monitoring.coreos.com/v1";

export interface OperatorMonitoringArguments {
  readonly jobs: readonly ScrapeJob[];
  readonly rules: Readonly<Record<string, unknown>>;
  readonly nodeNamespace?: pulumi.Input<string>;
}

/** The same scraping and the same rules for a Prometheus Operator that the cluster has already. */
export class OperatorMonitoring extends pulumi.ComponentResource {
  constructor(context: StackContext, { jobs, rules, nodeNamespace }: OperatorMonitoringArguments, options: pulumi.ComponentResourceOptions) {
    super("forecast-stack:infra:OperatorMonitoring", "prometheus", {}, options);
    const parent = { parent: this };
    for (const job of jobs) {
      const namespace = job.where === "node" ? (nodeNamespace ?? context.namespace) : context.namespace;
      new CustomResource(
        `monitor-${job.component}`,
        {
          apiVersion,
          kind: "ServiceMonitor",
          metadata: metadataOf(context, job.component as Component, context.appVersion, job.component),
          spec: pulumi.output(namespace).apply((name) => serviceMonitorSpec(job, name, context.stack)),
        },
        parent,
      );
    }
    new CustomResource("rules", { apiVersion, kind: "PrometheusRule", metadata: metadataOf(context, "alerts", context.appVersion, "forecast-stack"), spec: rules }, parent);
    this.registerOutputs({});
  }
}
