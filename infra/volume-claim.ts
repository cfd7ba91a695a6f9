import type { types } from "@pulumi/kubernetes";
import type { Component } from "./components.ts";
import { selectorLabels } from "./labels.ts";
import type { StackContext } from "./stack-context.ts";

/** The claim template of a StatefulSet; its labels never change, because a template cannot. */
export function claimTemplate(context: StackContext, component: Component, size: string): types.input.core.v1.PersistentVolumeClaim {
  const { storageClass } = context.settings;
  return {
    metadata: { name: "data", labels: selectorLabels(context.stack, component) },
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: size } },
      ...(storageClass === "" ? {} : { storageClassName: storageClass }),
    },
  };
}

/** Claims outlive their StatefulSet: its data goes only when somebody deletes the claim. */
export const retainClaims = { whenDeleted: "Retain", whenScaled: "Retain" } as const;
