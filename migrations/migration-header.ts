/** What the first lines of a migration say about it. */
export interface MigrationHeader {
  /** contract: it takes something away that an older release may need. */
  readonly kind: "expand" | "contract";
  /**
   * Of a contract: the version since which releases no longer use what it takes
   * away. Null: only releases that know the contract itself can live with it.
   */
  readonly after: string | null;
}

/** What the first lines of an undo say about it. */
export interface UndoHeader {
  /** True when no row and no value that was stored since is lost by it. */
  readonly lossless: boolean;
  /** What goes, in words; empty when nothing does. */
  readonly loses: string;
}

/**
 * Reads `-- Kind: expand|contract` and `-- After: <version>`.
 *
 * @returns undefined when the kind is not there
 */
export function readMigrationHeader(sql: string): MigrationHeader | undefined {
  const kind = /^-- Kind: (expand|contract)$/m.exec(sql)?.[1];
  if (kind !== "expand" && kind !== "contract") return undefined;
  return { kind, after: /^-- After: (\d+(?:\.\d+)*)$/m.exec(sql)?.[1] ?? null };
}

/** Reads `-- Lossless: yes`; an undo that does not say so loses what its first comment, or else its statements, name. */
export function readUndoHeader(sql: string): UndoHeader {
  if (/^-- Lossless: yes$/m.test(sql)) return { lossless: true, loses: "" };
  const comment = /^-- Undoes \S+\.sql\. (.+(?:\n-- .+)*)$/m.exec(sql)?.[1]?.replaceAll("\n-- ", " ");
  const dropped = [...sql.matchAll(/\bDROP (TABLE|COLUMN|SCHEMA) (?:IF EXISTS )?([a-z_.]+)/g)].map(([, kind = "", name = ""]) => `${kind.toLowerCase()} ${name}`);
  return { lossless: false, loses: comment ?? (dropped.length === 0 ? "what was changed since" : `Deletes ${dropped.join(", ")}.`) };
}

/** Orders versions by their numbers: 0.0.9 before 0.0.10. */
export function compareVersions(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
