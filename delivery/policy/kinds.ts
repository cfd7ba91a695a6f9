/** Kinds whose removal or replacement loses data. */
const stateful: ReadonlySet<string> = new Set(["Namespace", "PersistentVolumeClaim", "PersistentVolume", "StatefulSet", "Cluster"]);

/** The kind of a resource's type: `StatefulSet` of `kubernetes:apps/v1:StatefulSet`. */
export function kindOf(type: string): string {
  return type.slice(type.lastIndexOf(":") + 1);
}

/** True for a type that is neither removed nor replaced without anybody meaning it. */
export function holdsData(type: string): boolean {
  return stateful.has(kindOf(type));
}
