import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { requiredSecrets } from "../secret-names.ts";
import { program } from "../program.ts";
import type { RenderedOptions, RenderedResource } from "./rendered-resource.ts";

const root = join(import.meta.dirname, "..", "..");
const project = "forecast-stack";

/** Resources whose inputs are still being computed. */
const pending: Promise<void>[] = [];

export interface RenderedStack {
  readonly resources: readonly RenderedResource[];
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
}

/** The configuration of a stack's file, as the CLI would hand it over, with a made-up value for every password. */
export function stackConfiguration(stack: string): Record<string, string> {
  const { config } = parse(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8")) as { config: Record<string, unknown> };
  const passwords = Object.fromEntries([...requiredSecrets, "backupKey"].map((name) => [`${project}:${name}`, `<${name}>`]));
  return { ...passwords, ...Object.fromEntries(Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)])) };
}

/**
 * Runs the program against Pulumi's mocks and collects what it declares. One at
 * a time: the mocks are global.
 */
export async function renderStack(stack: string, config: Record<string, string> = stackConfiguration(stack)): Promise<RenderedStack> {
  const resources: RenderedResource[] = [];
  const warnings: string[] = [];
  await pulumi.runtime.setMocks({ newResource, call: ({ inputs }) => inputs as Record<string, unknown> }, project, stack, true);
  const outputs = await pulumi.runtime.runInPulumiStack(async () => {
    pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
      pending.push(collect(resources, type, name, props, opts));
      return undefined;
    });
    const secretKeys = Object.keys(config);
    return program({ project, stack, config, secretKeys, imagesManifest: join(import.meta.dirname, "images.json"), quarantine: join(import.meta.dirname, "nothing.json"), warn: (message) => warnings.push(message) });
  });
  await Promise.all(pending.splice(0));
  const declared = (await settled(outputs)) as Record<string, unknown>;
  // Whatever is still on its way belongs to this stack and must not reach the next one's mocks.
  await pulumi.runtime.disconnect();
  const sorted = resources.sort((left, right) => `${left.type} ${left.name}`.localeCompare(`${right.type} ${right.name}`));
  return { resources: sorted, outputs: declared, warnings };
}

/** A resource that exists at once. Of the providers' own work there is only this: what has no name gets one, a built image its digest. */
function newResource({ type, name, inputs, id }: pulumi.runtime.MockResourceArgs): pulumi.runtime.MockResourceResult {
  if (type === "docker:index/image:Image") return { id: "image", state: { repoDigest: `${String((inputs as { imageName: unknown }).imageName)}@<digest>` } };
  // What is read is there already; the one thing that is read here is the overrides of flags.
  if (id !== undefined && id !== "") return { id, state: { data: {} } };
  const { metadata, ...rest } = inputs as { metadata?: Record<string, unknown> };
  return { id: `${name}-id`, state: metadata === undefined ? rest : { ...rest, metadata: { name: `${name}-<suffix>`, ...metadata } } };
}

async function collect(resources: RenderedResource[], type: string, name: string, props: Record<string, unknown>, opts: pulumi.ResourceOptions): Promise<void> {
  // What is only read (it has an id) is not declared here.
  if (!/^(kubernetes|docker):/.test(type) || opts.id !== undefined) return;
  const inputs = (await settled(props)) as Record<string, unknown>;
  resources.push({ type: kindOf(type, inputs), name, component: componentOf(opts.parent) ?? "stack", inputs, options: optionsOf(opts, await dependencies(opts)) });
}

/** The type of a custom resource says only that it is one. */
function kindOf(type: string, { apiVersion, kind }: Readonly<Record<string, unknown>>): string {
  return typeof apiVersion === "string" && typeof kind === "string" ? `kubernetes:${apiVersion}:${kind}` : type;
}

function optionsOf({ protect, retainOnDelete, ignoreChanges, customTimeouts }: pulumi.CustomResourceOptions, dependsOn: string[]): RenderedOptions {
  return {
    ...(protect === true ? { protect } : {}),
    ...(retainOnDelete === true ? { retainOnDelete } : {}),
    ...(ignoreChanges === undefined ? {} : { ignoreChanges }),
    ...(dependsOn.length === 0 ? {} : { dependsOn }),
    ...(customTimeouts === undefined ? {} : { customTimeouts: { ...customTimeouts } }),
  };
}

async function dependencies({ dependsOn }: pulumi.ResourceOptions): Promise<string[]> {
  const resources = [(await dependsOn) ?? []].flat() as unknown as (pulumi.Resource & { readonly __name: string })[];
  return resources.map((resource) => `${resource.constructor.name}::${resource.__name}`).sort();
}

/** The outermost component above a resource. */
function componentOf(resource: pulumi.Resource | undefined): string | undefined {
  if (resource === undefined) return undefined;
  const { __parentResource: parent, __name: name, __pulumiType: type } = resource as unknown as { __parentResource?: pulumi.Resource; __name: string; __pulumiType: string };
  if (type === "pulumi:pulumi:Stack") return undefined;
  return componentOf(parent) ?? name;
}

function settled(value: unknown): Promise<unknown> {
  return new Promise((resolve) => void (pulumi.output(value as object) as pulumi.Output<unknown>).apply(resolve));
}
