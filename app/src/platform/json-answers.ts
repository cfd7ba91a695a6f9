import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Request, Response } from "express";

const compress = promisify(gzip);

/** Bytes of texts and of their compressed forms that are kept. */
const MAX_KEPT_BYTES = 32_000_000;

/** When answers are compressed. */
export interface CompressionSettings {
  readonly enabled: boolean;
  readonly thresholdBytes: number;
}

/**
 * Sends answers that are there as JSON texts. One that is given again and again
 * is compressed once: for a page of forecasts that takes longer than all else.
 * The texts that were unused longest are compressed anew.
 */
export class JsonAnswers {
  readonly #settings: CompressionSettings;
  readonly #maxBytes: number;
  readonly #kept = new Map<string, { readonly compressed: Promise<Buffer>; bytes: number }>();
  #bytes = 0;

  constructor(settings: CompressionSettings, maxBytes = MAX_KEPT_BYTES) {
    this.#settings = settings;
    this.#maxBytes = maxBytes;
  }

  /** Sends a text as it is, or compressed to whoever takes it so; other encodings than gzip are left to the middleware. */
  async send(request: Request, response: Response, text: string): Promise<void> {
    response.type("application/json");
    const { enabled, thresholdBytes } = this.#settings;
    if (!enabled || text.length < thresholdBytes || request.acceptsEncodings("gzip") === false) {
      response.send(text);
      return;
    }
    response.vary("Accept-Encoding").set("Content-Encoding", "gzip").send(await this.#compressedOf(text));
  }

  async #compressedOf(text: string): Promise<Buffer> {
    const known = this.#kept.get(text);
    if (known !== undefined) {
      // Now the one used last.
      this.#kept.delete(text);
      this.#kept.set(text, known);
      return known.compressed;
    }
    const entry = { compressed: compress(text), bytes: text.length };
    this.#keep(text, entry);
    const compressed = await entry.compressed;
    if (this.#kept.get(text) === entry) {
      entry.bytes += compressed.length;
      this.#bytes += compressed.length;
    }
    return compressed;
  }

  #keep(text: string, entry: { readonly compressed: Promise<Buffer>; bytes: number }): void {
    this.#kept.set(text, entry);
    this.#bytes += entry.bytes;
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#bytes <= this.#maxBytes || this.#kept.size === 1) return;
      this.#kept.delete(oldest);
      this.#bytes -= bytes;
    }
  }
}
