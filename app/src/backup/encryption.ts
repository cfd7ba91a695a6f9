import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { Decrypter, Encrypter } from "age-encryption";
import { BackupError } from "./backup-error.ts";

/** scrypt's cost, as a power of two: small, because the key is 192 random bits that nobody guesses. */
const SCRYPT_LOG_N = 12;

/** Encrypts a stream in the age format; `age --decrypt` with the key as its passphrase reads it too. */
export async function encrypt(plain: Readable, key: string): Promise<Readable> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(key);
  encrypter.setScryptWorkFactor(SCRYPT_LOG_N);
  return Readable.fromWeb((await encrypter.encrypt(asWeb(plain))) as unknown as ReadableStream<Uint8Array>);
}

/**
 * Decrypts what `encrypt` made. Every piece is authenticated before it is given
 * on; a changed or shortened file ends the stream with an error.
 *
 * @throws BackupError when the key is another one, this is no age file, or the source says why it failed
 */
export async function decrypt(encrypted: Readable, key: string): Promise<Readable> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(key);
  try {
    return Readable.fromWeb((await decrypter.decrypt(asWeb(encrypted))) as unknown as ReadableStream<Uint8Array>);
  } catch (error) {
    // The store failed, not what it keeps.
    if (error instanceof BackupError) throw error;
    const text = error instanceof Error ? error.message : String(error);
    if (text.includes("no identity matched")) throw new BackupError("wrongKey", "The key is not the one that this backup was made with; nothing was changed.", error);
    throw new BackupError("damaged", `The backup is damaged: ${text}; nothing was changed.`, error);
  }
}

function asWeb(stream: Readable): globalThis.ReadableStream<Uint8Array> {
  return Readable.toWeb(stream) as unknown as globalThis.ReadableStream<Uint8Array>;
}
