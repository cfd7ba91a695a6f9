import { buffer } from "node:stream/consumers";
import { createGzip } from "node:zlib";

/**
 * An answer as a JSON text, with the time until when it is fresh. One that is
 * given again and again is compressed once: for a page of forecasts that takes
 * longer than all else.
 */
export class Answer {
  readonly text: string;
  /** In milliseconds since 1970. */
  readonly freshUntil: number;
  #compressed: Promise<Buffer> | undefined;

  constructor(text: string, freshUntil: number) {
    this.text = text;
    this.freshUntil = freshUntil;
  }

  /** Reads what `kept` gave. */
  static of(kept: string): Answer {
    const end = kept.indexOf("\n");
    return new Answer(kept.slice(end + 1), Number(kept.slice(0, end)));
  }

  /** The answer as Redis keeps it. */
  get kept(): string {
    return `${this.freshUntil}\n${this.text}`;
  }

  /** The text in gzip. */
  compressed(): Promise<Buffer> {
    return (this.#compressed ??= compress(this.text));
  }
}

/** As a stream: zlib.gzip() leaves twice as much behind that only a full collection of garbage finds. */
function compress(text: string): Promise<Buffer> {
  const stream = createGzip();
  stream.end(text);
  return buffer(stream);
}
