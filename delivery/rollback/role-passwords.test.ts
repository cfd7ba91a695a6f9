import { expect, it } from "@jest/globals";
import { deploymentSchema } from "../releases/checkpoint.ts";
import { backupKeyNote, changedPasswords, foreignPasswordObstacles, scramVerifier } from "./role-passwords.ts";

const decrypt = { target: (text: string) => text, today: (text: string) => text };
const secret = (name: string, content: Record<string, string>) => ({ urn: `urn:pulumi:dev::p::kubernetes:core/v1:Secret::${name}`, type: "kubernetes:core/v1:Secret", inputs: { metadata: { name }, data: Object.fromEntries(Object.entries(content).map(([key, value]) => [key, Buffer.from(value).toString("base64")])) } });
const cluster = { urn: "urn:pulumi:dev::p::kubernetes:postgresql.cnpg.io/v1:Cluster::postgres", type: "kubernetes:postgresql.cnpg.io/v1:Cluster" };
const stack = (...resources: readonly object[]) => deploymentSchema.parse({ manifest: { time: "now" }, resources });

it("computes the verifier of RFC 7677's example", () => {
  // Its keys prove themselves in the RFC's exchange: the server's signature comes from this server key.
  expect(scramVerifier("pencil", Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64"))).toBe(
    "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
  );
});

it("every role whose password was changed gets that release's back, the superuser too, who makes the backups", () => {
  const [then, now] = ["then", "now"].map((when) => stack(secret("postgres-passwords", { owner: "same", app: when, monitor: "same", postgres: when }))) as [ReturnType<typeof stack>, ReturnType<typeof stack>];
  expect(changedPasswords(then, now, decrypt)).toEqual(new Map([["forecast_app", "then"], ["postgres", "then"]]));
});

it("a password that was changed in somebody else's Postgres is in the way: nothing here can change it back", () => {
  const service = (password: string) => secret("service-secrets", { DB_PASSWORD: password });
  const own = secret("postgres-passwords", { app: "now" });
  expect(foreignPasswordObstacles(stack(service("then")), stack(service("now")), decrypt)).toEqual([{ reason: expect.stringContaining("run by somebody else") }]);
  expect(foreignPasswordObstacles(stack(service("now")), stack(service("now")), decrypt)).toEqual([]);
  for (const server of [own, cluster]) expect(foreignPasswordObstacles(stack(service("then")), stack(service("now"), server), decrypt)).toEqual([]);
});

it("a key of backups that was changed is told of: newer archives open with the newer one alone", () => {
  const [then, now] = [stack(secret("backup", { key: "then", password: "p" })), stack(secret("backup", { key: "now", password: "p" }))];
  expect(backupKeyNote(then, now, decrypt)).toMatch(/^The key of backups was changed since that release/);
  expect([backupKeyNote(then, then, decrypt), backupKeyNote(then, stack(), decrypt)]).toEqual(["", ""]);
});
