import { differences, type Difference } from "./compare.ts";
import type { ReleaseContents } from "./contents.ts";

/** Something that two releases do not have alike. */
export interface Changed {
  readonly name: string;
  readonly change: "created" | "updated" | "deleted";
  readonly differences: readonly Difference[];
}

/** What is different between two releases, by what it is. */
export interface ReleaseChanges {
  readonly resources: readonly Changed[];
  readonly images: readonly Changed[];
  readonly configuration: readonly Changed[];
  readonly rules: readonly Changed[];
  readonly dashboards: readonly Changed[];
  readonly flags: readonly Changed[];
  /** Null when it is the same. */
  readonly schemaVersion: { readonly before: string | null; readonly after: string | null } | null;
}

/** One of the two releases that are compared, with the stack's settings then. */
export interface Side extends ReleaseContents {
  readonly configuration: ReadonlyMap<string, unknown>;
}

/** Compares a release with a later one. */
export function compareReleases(before: Side, after: Side): ReleaseChanges {
  return {
    resources: compareMaps(before.resources, after.resources),
    images: compareMaps(before.images, after.images),
    configuration: compareMaps(before.configuration, after.configuration),
    rules: compareMaps(before.rules, after.rules),
    dashboards: compareMaps(before.dashboards, after.dashboards),
    flags: compareMaps(before.flags, after.flags),
    schemaVersion: before.schemaVersion === after.schemaVersion ? null : { before: before.schemaVersion, after: after.schemaVersion },
  };
}

function compareMaps(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): Changed[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.flatMap((name): Changed[] => {
    if (!before.has(name)) return [{ name, change: "created", differences: [] }];
    if (!after.has(name)) return [{ name, change: "deleted", differences: [] }];
    const found = differences(before.get(name), after.get(name));
    return found.length === 0 ? [] : [{ name, change: "updated", differences: found }];
  });
}
