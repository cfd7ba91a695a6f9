import type * as pulumi from "@pulumi/pulumi";
import type { Component } from "./components.ts";
import type { ImageRole } from "./image-roles.ts";
import { commonLabels } from "./labels.ts";
import type { Secrets } from "./secrets.ts";
import type { Settings } from "./settings.ts";

/** What every component stands on. */
export interface StackContext {
  /** Name of the Pulumi stack: the value of `app.kubernetes.io/instance`. */
  readonly stack: string;
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly namespace: pulumi.Input<string>;
  /** Version of the service, for labels and APP_VERSION. */
  readonly appVersion: string;
  readonly image: (role: ImageRole) => pulumi.Input<string>;
  /** The image as it is known before anything is built. */
  readonly plannedImage: (role: ImageRole) => string;
  /** The version label of a role's image. */
  readonly versionOf: (role: ImageRole) => string;
}

export interface Metadata {
  readonly namespace: pulumi.Input<string>;
  readonly labels: Record<string, string>;
  readonly name?: string;
}

/**
 * Metadata of an object of a component. Without a name Pulumi adds a suffix to
 * the resource's name: for what pods read, so that a changed ConfigMap or Secret
 * is a new object that rolls the pods, and pods of the old version keep theirs.
 */
export function metadataOf(context: StackContext, component: Component, version: string, name?: string): Metadata {
  return {
    namespace: context.namespace,
    labels: commonLabels(context.stack, component, version),
    ...(name === undefined ? {} : { name }),
  };
}

/** How long the provider waits for a workload; deleting one may take as long. */
export function waitFor(settings: Settings): { customTimeouts: pulumi.CustomTimeouts } {
  const limit = `${settings.readyTimeoutSeconds}s`;
  return { customTimeouts: { create: limit, update: limit, delete: limit } };
}
