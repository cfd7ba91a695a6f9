import { hostname } from "node:os";
import { isRunning } from "@forecast-stack/local/processes.ts";
import { drillServicePrefix } from "@forecast-stack/monitoring/alert-rule.ts";
import { z } from "zod";
import { type DrillPlace, markOf } from "./place.ts";

const annotation = "forecast-stack/drill";

const noteSchema = z.object({
  fault: z.string(),
  /** What was there before, as the breakage wrote it down. */
  before: z.string(),
  by: z.object({ host: z.string(), pid: z.int() }),
  since: z.iso.datetime(),
});

/** A drill that is marked in a stack: enough to put right what it broke. */
export type DrillNote = z.infer<typeof noteSchema>;

const servicesSchema = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string(), annotations: z.record(z.string(), z.string()).default({}) }) })) });

/**
 * Marks a drill by a service without pods. kube-state-metrics tells Prometheus
 * of it, which names it in every alert that fires meanwhile; what has to be put
 * right again stands in it, for whoever finds it when this process is gone.
 */
export async function markDrill(place: DrillPlace, fault: string, before: string, since: Date): Promise<void> {
  const note: DrillNote = { fault, before, by: { host: hostname(), pid: process.pid }, since: since.toISOString() };
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: markOf(fault), labels: { "app.kubernetes.io/component": "drill", "app.kubernetes.io/part-of": "forecast-stack" }, annotations: { [annotation]: JSON.stringify(note) } },
    spec: { clusterIP: "None", ports: [{ name: "none", port: 1 }] },
  };
  // create, not apply: of two drills at a time the second one is refused.
  await place.kubectl(["create", "-f", "-"], JSON.stringify(service));
}

export async function unmarkDrill(place: DrillPlace, fault: string): Promise<void> {
  await place.kubectl(["delete", "service", markOf(fault), "--ignore-not-found"]);
}

/** The drills that are marked in a stack. */
export async function markedDrills(place: DrillPlace): Promise<DrillNote[]> {
  const { items } = servicesSchema.parse(JSON.parse(await place.kubectl(["get", "services", "-o", "json"])));
  return items.filter(({ metadata }) => metadata.name.startsWith(drillServicePrefix)).flatMap(({ metadata }) => {
    const text = metadata.annotations[annotation];
    return text === undefined ? [] : [noteSchema.parse(JSON.parse(text))];
  });
}

/** Whether the process that made a mark is still at work, as far as that can be seen from here. */
export function isAtWork({ by }: DrillNote): boolean {
  if (by.host !== hostname()) return true;
  return by.pid !== process.pid && isRunning(by.pid);
}
