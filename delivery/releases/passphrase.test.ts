import { createCipheriv, pbkdf2Sync, randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { openSecrets } from "./passphrase.ts";

const salt = randomBytes(8);
const passphrase = randomBytes(12).toString("base64url");

/** Encrypts as Pulumi does. */
function encrypt(text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", pbkdf2Sync(passphrase, salt, 1_000_000, 32, "sha256"), nonce);
  return `v1:${nonce.toString("base64")}:${Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString("base64")}`;
}

describe("secrets under a passphrase", () => {
  const state = `v1:${salt.toString("base64")}:${encrypt("pulumi")}`;

  it("open with it", async () => {
    const decrypt = await openSecrets(state, passphrase);
    expect(decrypt(encrypt('"value"'))).toBe('"value"');
  });

  it("do not open with another one, which is said before anything is read", async () => {
    await expect(openSecrets(state, `${passphrase}x`)).rejects.toThrow("The passphrase is not the one");
  });

  it("are refused when they are protected in another way", async () => {
    await expect(openSecrets("undefined", passphrase)).rejects.toThrow("not known here");
  });
});
