import { kindOf } from "@forecast-stack/delivery/policy/kinds.ts";
import { z } from "zod";
import type { TestStack } from "./test-stack.ts";

const kinds = ["deployments", "statefulsets", "daemonsets", "cronjobs", "jobs", "services", "configmaps", "secrets", "serviceaccounts", "roles", "rolebindings", "networkpolicies", "poddisruptionbudgets", "horizontalpodautoscalers", "persistentvolumeclaims"];

const listSchema = z.object({ items: z.array(z.object({ kind: z.string(), metadata: z.object({ name: z.string(), managedFields: z.array(z.object({ manager: z.string().default("") })).default([]) }) })) });
const stateSchema = z.object({ deployment: z.object({ resources: z.array(z.object({ id: z.string().optional(), type: z.string() })) }) });

/** Objects that Pulumi made in the stack's namespace and no longer knows: nobody would ever remove them. */
export async function orphansOf(stack: TestStack): Promise<string[]> {
  const { items } = listSchema.parse(JSON.parse(await stack.kubectl(["get", kinds.join(","), "--show-managed-fields", "-o", "json"])));
  const { deployment } = stateSchema.parse(JSON.parse(await stack.state()));
  const known = new Set(deployment.resources.flatMap(({ id, type }) => (id === undefined ? [] : [`${kindOf(type)} ${id.slice(id.lastIndexOf("/") + 1)}`])));
  const made = items.filter(({ metadata }) => metadata.managedFields.some(({ manager }) => manager.startsWith("pulumi-kubernetes")));
  return made.map(({ kind, metadata }) => `${kind} ${metadata.name}`).filter((object) => !known.has(object));
}
