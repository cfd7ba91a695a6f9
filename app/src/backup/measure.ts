import { createHash } from "node:crypto";
import { Transform } from "node:stream";

/** Counts and hashes what passes through. */
export class Measure extends Transform {
  readonly #hash = createHash("sha256");
  #sha256: string | undefined;
  bytes = 0;

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.#hash.update(chunk);
    this.bytes += chunk.length;
    done(null, chunk);
  }

  /** Of everything, in hex; to be asked at the end alone. */
  get sha256(): string {
    return (this.#sha256 ??= this.#hash.digest("hex"));
  }
}
