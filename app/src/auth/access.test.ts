import { describe, expect, it } from "@jest/globals";
import { readConfig } from "../platform/config.ts";
import { ConfigError } from "../platform/errors.ts";
import { checkAccessSettings } from "./access.ts";

const check = (environment: Record<string, string>) => () => {
  checkAccessSettings(readConfig({ SVC_JWT: "a token of machines", JWT_SECRET: "a secret that signs the tokens of users", OIDC_AUDIENCE: "forecast-api", ...environment }));
};

describe("the OpenID provider", () => {
  it.each([
    ["in production, by https", { NODE_ENV: "production", OIDC_ISSUER_URL: "https://id.example.com" }],
    ["outside production, by http", { OIDC_ISSUER_URL: "http://127.0.0.1:8080" }],
  ])("is asked %s", (_, environment) => {
    expect(check(environment)).not.toThrow();
  });

  it("is not trusted in production where anybody on the way could answer for it", () => {
    const wrong = check({ NODE_ENV: "production", OIDC_ISSUER_URL: "http://id.example.com" });
    expect(wrong).toThrow(ConfigError);
    expect(wrong).toThrow('OIDC_ISSUER_URL is "http://id.example.com": in production it must be an https:// URL');
  });
});
