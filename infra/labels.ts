import type { Component } from "./components.ts";

/** The labels by which a component's pods are selected; they can never change. */
export function selectorLabels(stack: string, component: Component): Record<string, string> {
  return { "app.kubernetes.io/component": component, "app.kubernetes.io/instance": stack };
}

/** The labels that every object of a component carries, pods included. */
export function commonLabels(stack: string, component: Component, version: string): Record<string, string> {
  return {
    ...selectorLabels(stack, component),
    "app.kubernetes.io/name": component,
    "app.kubernetes.io/version": version,
    "app.kubernetes.io/part-of": "forecast-stack",
    "app.kubernetes.io/managed-by": "pulumi",
  };
}
