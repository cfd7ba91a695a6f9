import type { Decrypt } from "./passphrase.ts";

/** Marks a value as secret in a deployment (resource.SecretSig in Pulumi's SDK). */
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

/** True for a value that a deployment records as a secret. */
export function isSecret(value: object): value is Readonly<Record<string, unknown>> {
  return (value as Readonly<Record<string, unknown>>)[SIGNATURE_KEY] === SECRET_SIGNATURE;
}

/** The JSON text that a recorded secret stands for. */
export function plaintextOf(secret: Readonly<Record<string, unknown>>, decrypt: Decrypt): string {
  return typeof secret["plaintext"] === "string" ? secret["plaintext"] : decrypt(String(secret["ciphertext"]));
}

/** A secret whose plain text must not be shown; two are equal when their plain texts are. */
export class MaskedSecret {
  readonly #plaintext: string;

  constructor(plaintext: string) {
    this.#plaintext = plaintext;
  }

  equals(other: unknown): boolean {
    return other instanceof MaskedSecret && other.#plaintext === this.#plaintext;
  }

  toString(): string {
    return "(secret)";
  }

  toJSON(): string {
    return this.toString();
  }
}

/** Replaces every encrypted value of a deployment by a masked one. */
export function maskSecrets(value: unknown, decrypt: Decrypt): unknown {
  if (Array.isArray(value)) return value.map((element) => maskSecrets(element, decrypt));
  if (typeof value !== "object" || value === null) return value;
  if (isSecret(value)) return new MaskedSecret(plaintextOf(value, decrypt));
  return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, maskSecrets(element, decrypt)]));
}
