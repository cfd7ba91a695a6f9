import { randomBytes } from "node:crypto";
import { argon2id, argon2Verify } from "hash-wasm";
import { z } from "zod";

/** The first of the settings that the OWASP Password Storage Cheat Sheet gives for Argon2id: 19 MiB, two passes, one lane. */
const COST = { memorySize: 19_456, iterations: 2, parallelism: 1, hashLength: 32 };
const SALT_BYTES = 16;

/** A password that is to be set: length is what counts (NIST SP 800-63B), and the hash takes no endless ones. */
export const newPassword = z.string("must be a text").min(12, "must have at least 12 characters").max(200, "must have at most 200 characters");

/** The Argon2id hash of a password, in PHC format with its salt and cost. */
export async function hashPassword(password: string): Promise<string> {
  return argon2id({ ...COST, password: normal(password), salt: randomBytes(SALT_BYTES), outputType: "encoded" });
}

/**
 * Whether `password` is the one of `hash`. Without a hash the answer is no, after
 * the same work: how long it takes does not tell whether there is such a user.
 */
export async function passwordMatches(password: string, hash: string | undefined): Promise<boolean> {
  const matches = await argon2Verify({ password: normal(password), hash: hash ?? (await nobodysHash()) });
  return matches && hash !== undefined;
}

let nobody: Promise<string> | undefined;

function nobodysHash(): Promise<string> {
  return (nobody ??= hashPassword(randomBytes(SALT_BYTES).toString("base64")));
}

/** One form for letters that keyboards compose differently. */
function normal(password: string): string {
  return password.normalize("NFKC");
}
