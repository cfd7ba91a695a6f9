import type { types } from "@pulumi/kubernetes";
import { Service } from "@pulumi/kubernetes/core/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import { podsService, scrapedLabel } from "@forecast-stack/monitoring/scrape-jobs.ts";
import type { Component } from "./components.ts";
import { selectorLabels } from "./labels.ts";
import type { Settings } from "./settings.ts";
import { metadataOf, type StackContext } from "./stack-context.ts";

export type ExposedComponent = keyof Settings["nodePorts"];

type ServicePort = types.input.core.v1.ServicePort;

/** The workloads are waited for, not their services: a service without pods yet would hold up what its pods need. */
const annotations = { "pulumi.com/skipAwait": "true" };

/** A service inside the cluster alone. */
export function internalService(context: StackContext, component: Component, version: string, port: ServicePort, options: pulumi.CustomResourceOptions): Service {
  return new Service(
    component,
    {
      metadata: { ...metadataOf(context, component, version, component), annotations },
      spec: { type: "ClusterIP", selector: selectorLabels(context.stack, component), ports: [port] },
    },
    options,
  );
}

/** A component's pods one by one, ready or not: how Prometheus finds them, and what a StatefulSet names its pods by. */
export function podsOf(context: StackContext, component: Component, version: string, port: ServicePort, options: pulumi.CustomResourceOptions): Service {
  const name = podsService(component);
  const { labels, ...metadata } = metadataOf(context, component, version, name);
  return new Service(
    name,
    {
      metadata: { ...metadata, labels: { ...labels, [scrapedLabel]: "true" }, annotations },
      spec: { clusterIP: "None", publishNotReadyAddresses: true, selector: selectorLabels(context.stack, component), ports: [port] },
    },
    options,
  );
}

/** A service that people reach the way `serviceType` says. */
export function exposedService(context: StackContext, component: ExposedComponent, version: string, port: ServicePort, options: pulumi.CustomResourceOptions): Service {
  const { serviceType, nodePorts } = context.settings;
  return new Service(
    component,
    {
      metadata: { ...metadataOf(context, component, version, component), annotations },
      spec: {
        type: serviceType,
        selector: selectorLabels(context.stack, component),
        ports: [serviceType === "NodePort" ? { ...port, nodePort: nodePorts[component] } : port],
      },
    },
    options,
  );
}

/** The URL of an exposed service: its node port, or its name inside the cluster. */
export function exposedUrl(context: StackContext, component: ExposedComponent, port: number): pulumi.Output<string> {
  const { serviceType, nodeAddress, nodePorts } = context.settings;
  if (serviceType === "NodePort") return pulumi.output(`http://${nodeAddress}:${nodePorts[component]}`);
  return pulumi.interpolate`http://${component}.${context.namespace}.svc:${port}`;
}
