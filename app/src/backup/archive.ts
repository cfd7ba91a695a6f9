import { z } from "zod";
import { BackupError } from "./backup-error.ts";

/**
 * An archive is text that psql can read too, once decrypted and decompressed:
 *
 *   -- forecast-stack backup 1
 *   -- {"schemaVersion": ...}
 *   COPY public.items (material_id, ...) FROM stdin;
 *   ...
 *   \.
 *   SELECT pg_catalog.setval('public.audit_log_audit_id_seq', 7, true);
 *   -- end
 *
 * It holds rows alone: the schema is made by the migrations that the header names.
 */
export const archiveHeaderSchema = z.object({
  createdAt: z.string(),
  schemaVersion: z.string(),
  migrations: z.array(z.object({ version: z.string(), checksum: z.string() })),
  contents: z.array(z.object({ table: z.string(), rows: z.number(), checksum: z.string() })),
  sequences: z.array(z.object({ name: z.string(), value: z.string().regex(/^-?\d+$/), called: z.boolean() })),
});

export type ArchiveHeader = z.infer<typeof archiveHeaderSchema>;

const FIRST_LINE = "-- forecast-stack backup 1";
export const LAST_LINE = "-- end";
const END_OF_DATA = Buffer.from("\n\\.\n");
const EMPTY_DATA = Buffer.from("\\.\n");

/** The lines before the first table. */
export function headerLines(header: ArchiveHeader): string {
  return `${FIRST_LINE}\n-- ${JSON.stringify(header)}\n`;
}

/** Reads an archive piece by piece, however it is cut. */
export class ArchiveReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** @throws BackupError when this is no archive, or one of another version */
  async header(): Promise<ArchiveHeader> {
    if ((await this.line()) !== FIRST_LINE) throw new BackupError("damaged", "This is not a backup that this release can read; nothing was changed.");
    const parsed = archiveHeaderSchema.safeParse(JSON.parse((await this.line()).replace(/^-- /, "")));
    if (!parsed.success) throw new BackupError("damaged", "The backup's header is damaged; nothing was changed.", parsed.error);
    return parsed.data;
  }

  /** The next line without its end. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf(10);
      if (end >= 0) {
        const line = this.#buffer.toString("utf8", 0, end);
        this.#buffer = this.#buffer.subarray(end + 1);
        return line;
      }
      await this.#fill();
    }
  }

  /** The rows of the table whose COPY line was read last, as COPY takes them. */
  async *rows(): AsyncGenerator<Buffer> {
    while (this.#buffer.length < EMPTY_DATA.length) await this.#fill();
    if (this.#buffer.subarray(0, EMPTY_DATA.length).equals(EMPTY_DATA)) {
      this.#buffer = this.#buffer.subarray(EMPTY_DATA.length);
      return;
    }
    for (;;) {
      const end = this.#buffer.indexOf(END_OF_DATA);
      if (end >= 0) {
        yield this.#buffer.subarray(0, end + 1);
        this.#buffer = this.#buffer.subarray(end + END_OF_DATA.length);
        return;
      }
      // The end may be cut in two: its first bytes stay.
      const safe = this.#buffer.length - (END_OF_DATA.length - 1);
      if (safe > 0) {
        yield this.#buffer.subarray(0, safe);
        this.#buffer = this.#buffer.subarray(safe);
      }
      await this.#fill();
    }
  }

  /**
   * Reads to the end, which an archive's last line is: decryption says there whether all of it arrived.
   *
   * @throws BackupError when something follows
   */
  async end(): Promise<void> {
    let following = this.#buffer.length;
    for (let next = await this.#source.next(); next.done !== true; next = await this.#source.next()) following += next.value.length;
    if (following > 0) throw new BackupError("damaged", "Something follows the backup's end; nothing was changed.");
  }

  async #fill(): Promise<void> {
    const next = await this.#source.next();
    if (next.done === true) throw new BackupError("damaged", "The backup ends in the middle; nothing was changed.");
    this.#buffer = Buffer.concat([this.#buffer, next.value]);
  }
}
