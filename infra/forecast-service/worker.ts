import { Deployment } from "@pulumi/kubernetes/apps/v1/index.js";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/index.js";
import type * as pulumi from "@pulumi/pulumi";
import { podsOf } from "../exposed-service.ts";
import { selectorLabels } from "../labels.ts";
import { metadataOf, type StackContext, waitFor } from "../stack-context.ts";
import { type Runtime, servicePod, servicePort } from "./service-pod.ts";

/** Computes forecasts from the queue in Postgres. The pods alone wait for `after`. */
export function worker(context: StackContext, runtime: Runtime, after: readonly pulumi.Resource[], parent: pulumi.CustomResourceOptions): void {
  const { stack, settings, appVersion } = context;
  const metadata = metadataOf(context, "worker", appVersion, "worker");
  const selector = { matchLabels: selectorLabels(stack, "worker") };

  podsOf(context, "worker", appVersion, { name: "http", port: servicePort, targetPort: "http" }, parent);
  new Deployment(
    "worker",
    {
      metadata,
      spec: {
        replicas: settings.worker.replicas,
        selector,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        progressDeadlineSeconds: settings.readyTimeoutSeconds - 15,
        revisionHistoryLimit: 3,
        template: servicePod(context, "worker", runtime),
      },
    },
    { ...parent, ...waitFor(settings), dependsOn: [...after] },
  );
  new PodDisruptionBudget("worker", { metadata, spec: { selector, maxUnavailable: 1 } }, parent);
}
