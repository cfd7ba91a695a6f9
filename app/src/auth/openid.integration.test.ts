import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { startTestService, type TestService } from "../test-support/test-service.ts";

const AUDIENCE = "forecast-api";

/** An OpenID provider: its description, its public key, and tokens of it. */
async function startProvider(): Promise<{ issuer: string; token: (claims: JWTPayload, change?: { audience?: string; seconds?: number; foreign?: boolean }) => Promise<string>; stop: () => Promise<void> }> {
  const [ours, foreign] = await Promise.all([generateKeyPair("ES256"), generateKeyPair("ES256")]);
  const jwk = { ...(await exportJWK(ours.publicKey)), kid: "first", alg: "ES256", use: "sig" };
  let issuer = "";
  const server: Server = createServer((request, response) => {
    const answers: Readonly<Record<string, object>> = { "/.well-known/openid-configuration": { issuer, jwks_uri: `${issuer}/keys` }, "/keys": { keys: [jwk] } };
    const answer = answers[request.url ?? ""];
    response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" }).end(JSON.stringify(answer ?? {}));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    token: (claims, { audience = AUDIENCE, seconds = 300, foreign: byForeignKey = false } = {}) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: "ES256", kid: "first" })
        .setIssuer(issuer)
        .setSubject("subject-1")
        .setAudience(audience)
        .setExpirationTime(Math.floor(Date.now() / 1_000) + seconds)
        .sign(byForeignKey ? foreign.privateKey : ours.privateKey),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

describe("tokens of an OpenID provider", () => {
  let server: TestServer;
  let app: TestService;
  let provider: Awaited<ReturnType<typeof startProvider>>;
  beforeAll(async () => {
    [server, provider] = await Promise.all([startTestServer(), startProvider()]);
    app = await startTestService(server, await server.createDatabase(), "api", { OIDC_ISSUER_URL: provider.issuer, OIDC_AUDIENCE: AUDIENCE, OIDC_ROLE_CLAIM: "realm_access.roles", OIDC_TENANT_CLAIM: "https://example.com/tenant" });
    await server.query(app.database, "INSERT INTO tenants (tenant_id, name) VALUES ('second', 'Second')");
  }, 60_000);
  afterAll(async () => {
    await app.stop();
    await provider.stop();
    await server.remove();
  });
  const claims = (role: string, tenant = "default") => ({ realm_access: { roles: ["offline_access", role] }, "https://example.com/tenant": tenant });
  const items = async (token: string) => {
    const { status, body } = await app.send("GET", "/api/items", { token });
    return { status, detail: body["detail"] };
  };

  it("act with the role and in the tenant that their claims name", async () => {
    const make = (token: string) => app.send("POST", "/api/items", { token, json: { sku: "OIDC-1", name: "Made by a provider's user" } });
    expect((await make(await provider.token(claims("viewer")))).status).toBe(403);
    const staff = await provider.token({ ...claims("staff", "second"), email: "Ann@Example.com", email_verified: true });
    expect((await make(staff)).status).toBe(201);
    expect((await app.send("GET", "/api/items/OIDC-1", { token: staff })).status).toBe(200);
    expect((await app.send("GET", "/api/items/OIDC-1", { token: await provider.token(claims("viewer")) })).status).toBe(404);
    expect(await server.query(app.database, "SELECT tenant_id, actor FROM audit_log WHERE entity_id = 'OIDC-1'")).toEqual([{ tenant_id: "second", actor: "ann@example.com" }]);
  });

  it.each<[string, () => Promise<string>]>([
    ["for somebody else", () => provider.token(claims("admin"), { audience: "another-api" })],
    ["that have expired", () => provider.token(claims("admin"), { seconds: -60 })],
    ["signed by somebody else", () => provider.token(claims("admin"), { foreign: true })],
    ["of which a part was changed", async () => (await provider.token(claims("admin"))).replace(/\.[^.]+\./, ".eyJpc3MiOiJ4In0.")],
  ])("%s are refused", async (_what, token) => {
    expect((await items(await token())).status).toBe(401);
  });

  it("that name no role, or no tenant of the service, may do nothing, and are told so", async () => {
    expect(await items(await provider.token({ ...claims("guest") }))).toEqual({ status: 403, detail: "The token's claim realm_access.roles must name one of the roles viewer, staff, admin." });
    expect(await items(await provider.token(claims("admin", "nowhere")))).toEqual({ status: 403, detail: "The token's claim https://example.com/tenant must name a tenant of the service." });
  });

  it("cannot be checked while the provider is away, while all other tokens can", async () => {
    const away = await startProvider();
    await away.stop();
    const other = await startTestService(server, app.database, "api", { OIDC_ISSUER_URL: away.issuer, OIDC_AUDIENCE: AUDIENCE });
    try {
      const { status, body } = await other.send("GET", "/api/items", { token: await away.token({ role: "viewer" }) });
      expect([status, body["detail"]]).toEqual([503, "The OpenID provider does not describe itself under its issuer URL."]);
      expect((await other.get("/api/items")).status).toBe(200);
    } finally {
      await other.stop();
    }
  }, 60_000);
});
