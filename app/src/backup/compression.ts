import type { Readable } from "node:stream";
import { createZstdCompress, createZstdDecompress } from "node:zlib";
import { through } from "./through.ts";

/**
 * Every piece is through before the next one, or the end, is taken. Node's
 * compressor would otherwise end the archive twice when the end comes while the
 * last piece still waits, and its decompressor fails where a piece that it is
 * given ends inside the second, empty frame.
 */
const PIECE_BY_PIECE = { chunkSize: 64 * 1024, writableHighWaterMark: 0 };

/** Compresses a stream into one zstd frame; `zstd --decompress` reads it too. */
export function compress(plain: Readable): Readable {
  return through(plain, createZstdCompress(PIECE_BY_PIECE));
}

/** Decompresses what `compress` made, however it is cut. */
export function decompress(compressed: Readable): Readable {
  return through(compressed, createZstdDecompress());
}
