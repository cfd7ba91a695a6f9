import { Deployment } from "@pulumi/kubernetes/apps/v1/index.js";
import { HorizontalPodAutoscaler } from "@pulumi/kubernetes/autoscaling/v2/index.js";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/index.js";
import type * as pulumi from "@pulumi/pulumi";
import { exposedService, podsOf } from "../exposed-service.ts";
import { selectorLabels } from "../labels.ts";
import { metadataOf, type StackContext, waitFor } from "../stack-context.ts";
import { type Runtime, servicePod, servicePort } from "./service-pod.ts";

/** Answers requests: updated one pod at a time, none taken away before its successor is ready. The pods alone wait for `after`. */
export function api(context: StackContext, runtime: Runtime, after: readonly pulumi.Resource[], parent: pulumi.CustomResourceOptions): void {
  const { stack, settings, appVersion } = context;
  const metadata = metadataOf(context, "api", appVersion, "api");
  const selector = { matchLabels: selectorLabels(stack, "api") };

  const port = { name: "http", port: servicePort, targetPort: "http" };
  exposedService(context, "api", appVersion, port, parent);
  podsOf(context, "api", appVersion, port, parent);
  const deployment = new Deployment(
    "api",
    {
      metadata,
      spec: {
        // With autoscaling the number belongs to the autoscaler; naming one here would reset it at each update.
        ...(settings.api.autoscaling ? {} : { replicas: settings.api.replicas }),
        selector,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        progressDeadlineSeconds: settings.readyTimeoutSeconds - 15,
        revisionHistoryLimit: 3,
        template: servicePod(context, "api", runtime),
      },
    },
    { ...parent, ...waitFor(settings), dependsOn: [...after] },
  );
  new PodDisruptionBudget("api", { metadata, spec: { selector, maxUnavailable: 1 } }, parent);
  if (!settings.api.autoscaling) return;
  new HorizontalPodAutoscaler(
    "api",
    {
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: deployment.metadata.name },
        minReplicas: settings.api.replicas,
        maxReplicas: settings.api.maxReplicas,
        metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: settings.api.targetCpuPercent } } }],
        behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
      },
    },
    { ...parent, ...waitFor(settings) },
  );
}
