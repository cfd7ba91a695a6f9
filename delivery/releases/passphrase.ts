import { createDecipheriv, pbkdf2 } from "node:crypto";
import { promisify } from "node:util";
import { ReleaseError } from "./release-error.ts";

/** Reads encrypted values: the text that was encrypted, which for Pulumi's secrets is JSON. */
export type Decrypt = (ciphertext: string) => string;

/** Pulumi's parameters (sdk/go/common/resource/config/crypt.go). */
const ITERATIONS = 1_000_000;
const KEY_BYTES = 32;
const TAG_BYTES = 16;
/** What Pulumi encrypts as the check of a passphrase. */
const CHECK = "pulumi";

/**
 * Opens the secrets of a deployment that a passphrase protects: PBKDF2 with
 * SHA-256, then AES-256-GCM. The Pulumi CLI answers a wrong passphrase with
 * secrets that are null and success, so it is checked here.
 *
 * @param salt the state of the deployment's secrets provider, `v1:<salt>:<check value>`
 * @throws ReleaseError when the passphrase is not the one
 */
export async function openSecrets(salt: string, passphrase: string): Promise<Decrypt> {
  const [version, encodedSalt = "", ...check] = salt.split(":");
  if (version !== "v1" || check.length !== 3) throw new ReleaseError("The secrets of this release are protected in a way that is not known here (its salt is not of the form v1:...).");
  const key = await promisify(pbkdf2)(passphrase, Buffer.from(encodedSalt, "base64"), ITERATIONS, KEY_BYTES, "sha256");
  const decrypt = (ciphertext: string) => decryptWith(key, ciphertext);
  try {
    if (decrypt(check.join(":")) === CHECK) return decrypt;
  } catch {
    // A wrong key: the same answer as a wrong check value.
  }
  throw new ReleaseError("The passphrase is not the one that this release was made with: set PULUMI_CONFIG_PASSPHRASE_FILE or PULUMI_CONFIG_PASSPHRASE.");
}

/** Ciphertexts are `v1:<nonce>:<encrypted bytes and tag>`, both base64. */
function decryptWith(key: Buffer, ciphertext: string): string {
  const [version, nonce = "", encrypted = ""] = ciphertext.split(":");
  if (version !== "v1") throw new ReleaseError("A secret of this release is encrypted in a way that is not known here.");
  const bytes = Buffer.from(encrypted, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES)), decipher.final()]).toString("utf8");
}
