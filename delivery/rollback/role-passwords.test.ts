import { expect, it } from "@jest/globals";
import { scramVerifier } from "./role-passwords.ts";

it("computes the verifier of RFC 7677's example", () => {
  // Its keys prove themselves in the RFC's exchange: the server's signature comes from this server key.
  expect(scramVerifier("pencil", Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64"))).toBe(
    "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
  );
});
