import type { types } from "@pulumi/kubernetes";
import { Deployment } from "@pulumi/kubernetes/apps/v1/index.js";
import { Secret } from "@pulumi/kubernetes/core/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { Component } from "./components.ts";
import { podsOf } from "./exposed-service.ts";
import { selectorLabels } from "./labels.ts";
import { httpProbe, restrictedPodSpec } from "./pod.ts";
import { imageUsers } from "./security-contexts.ts";
import { resourcesOf, type SizedContainer } from "./sizing.ts";
import { metadataOf, type StackContext, waitFor } from "./stack-context.ts";

export interface ExporterArguments {
  readonly component: Extract<Component, "postgres-exporter" | "redis-exporter" | "kube-state-metrics">;
  readonly port: number;
  readonly args: string[];
  readonly env?: types.input.core.v1.EnvVar[];
  /** The password of what is exported, and the variable in which the exporter looks for it. */
  readonly password?: { readonly variable: string; readonly value: pulumi.Output<string> };
  readonly size: Extract<SizedContainer, "exporter" | "kube-state-metrics">;
  readonly serviceAccountName?: pulumi.Input<string>;
}

/** One pod that tells Prometheus about something else, with its service. */
export class Exporter extends pulumi.ComponentResource {
  constructor(context: StackContext, { component, port, args, env = [], password, size, serviceAccountName }: ExporterArguments, options: pulumi.ComponentResourceOptions) {
    super("forecast-stack:infra:Exporter", component, {}, options);
    const parent = { parent: this };
    const version = context.versionOf(component);
    const credentials = password === undefined ? [] : [{ name: password.variable, valueFrom: { secretKeyRef: { name: this.secret(context, component, password.value).metadata.name, key: "password" } } }];
    podsOf(context, component, version, { name: "metrics", port, targetPort: "metrics" }, parent);
    new Deployment(
      component,
      {
        metadata: metadataOf(context, component, version, component),
        spec: {
          replicas: 1,
          selector: { matchLabels: selectorLabels(context.stack, component) },
          template: {
            metadata: { labels: metadataOf(context, component, version).labels },
            spec: restrictedPodSpec({
              user: imageUsers[component],
              ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
              containers: [
                {
                  name: component,
                  image: context.image(component),
                  args,
                  env: [...env, ...credentials],
                  ports: [{ name: "metrics", containerPort: port }],
                  resources: resourcesOf(context.settings.size, size),
                  // `/` answers without asking what is exported: a database that is down must not restart its exporter.
                  readinessProbe: httpProbe("/", "metrics", { periodSeconds: 10 }),
                  livenessProbe: httpProbe("/", "metrics", { periodSeconds: 30, failureThreshold: 4 }),
                },
              ],
            }),
          },
        },
      },
      { ...parent, ...waitFor(context.settings) },
    );
    this.registerOutputs({});
  }

  private secret(context: StackContext, component: ExporterArguments["component"], password: pulumi.Output<string>): Secret {
    return new Secret(component, { metadata: metadataOf(context, component, context.versionOf(component)), immutable: true, stringData: { password } }, { parent: this });
  }
}
