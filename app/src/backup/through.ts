import type { Duplex, Readable } from "node:stream";

/** Sends a stream through another one; an error of either ends both, which `pipe` would not do. */
export function through(source: Readable, transform: Duplex): Readable {
  return source.compose(transform) as Readable;
}
