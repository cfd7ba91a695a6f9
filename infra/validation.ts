import { CronJob } from "@pulumi/kubernetes/batch/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import { monitoringUrls } from "./monitoring-urls.ts";
import { restrictedPodSpec } from "./pod.ts";
import { imageUsers } from "./security-contexts.ts";
import { resourcesOf } from "./sizing.ts";
import { metadataOf, type StackContext } from "./stack-context.ts";

/** A report is kept for a week after its Job has ended. */
const KEPT_SECONDS = 7 * 86_400;
/** Prometheus may be away for as long as its volume takes to grow: each try waits longer, six minutes at most. */
const TRIES = 50;

/**
 * How a release is watched from inside the cluster: a schedule that never runs,
 * from whose template forecastctl makes a Job for each release. It waits for
 * `after`, so that an update whose image does not start leaves it as it was.
 */
export class Validation extends pulumi.ComponentResource {
  constructor(context: StackContext, after: readonly pulumi.Resource[], options: pulumi.ComponentResourceOptions) {
    super("forecast-stack:infra:Validation", "validation", {}, options);
    const { settings, appVersion } = context;
    const metadata = metadataOf(context, "validation", appVersion, "validate");
    new CronJob(
      "validate",
      {
        metadata,
        spec: {
          suspend: true,
          schedule: "0 0 1 1 *",
          concurrencyPolicy: "Forbid",
          jobTemplate: {
            metadata: { labels: metadata.labels },
            spec: {
              backoffLimit: TRIES,
              ttlSecondsAfterFinished: KEPT_SECONDS,
              template: {
                metadata: { labels: metadata.labels },
                spec: restrictedPodSpec({
                  user: imageUsers["forecast-service"],
                  restartPolicy: "OnFailure",
                  containers: [
                    {
                      name: "validate",
                      image: context.image("forecast-service"),
                      args: ["validate"],
                      env: monitoringUrls(settings),
                      resources: resourcesOf(settings.size, "validate"),
                      terminationMessagePolicy: "FallbackToLogsOnError",
                    },
                  ],
                }),
              },
            },
          },
        },
      },
      { parent: this, dependsOn: [...after] },
    );
    this.registerOutputs({});
  }
}
