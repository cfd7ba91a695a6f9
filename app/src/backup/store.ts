import type { Readable } from "node:stream";
import { z } from "zod";

/** Such as `forecast-20260131T020000Z`. */
export const nameSchema = z.string().regex(/^[a-z0-9_]+-\d{8}T\d{6}Z$/);

/** What is known of a backup without opening it: the file beside it, written last. */
export const manifestSchema = z.object({
  name: nameSchema,
  createdAt: z.string(),
  /** Bytes of the encrypted archive, and their SHA-256 in hex. */
  bytes: z.number(),
  sha256: z.string(),
  schemaVersion: z.string(),
  /** Rows of all tables. */
  rows: z.number(),
  /** The newest attempt to restore it into a database of its own. */
  checked: z.object({ at: z.string(), intact: z.boolean() }).nullable(),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** Where backups are kept: objects under flat names. */
export interface BackupStore {
  /** Where it is, for messages. */
  readonly place: string;
  /** Stores a whole object or nothing. */
  put(object: string, content: Readable): Promise<void>;
  /** @throws BackupError when there is no such object */
  get(object: string): Promise<Readable>;
  /** Names of all objects, sorted. */
  list(): Promise<string[]>;
  remove(object: string): Promise<void>;
}
