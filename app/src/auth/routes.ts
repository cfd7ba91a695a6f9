import { z } from "zod";
import type { FeatureContext } from "../platform/feature.ts";
import { roles } from "../platform/principal.ts";
import { requestIdOf } from "../platform/request-id.ts";
import { publicRoute, type Route } from "../platform/route.ts";
import type { AccessTokens } from "./access-token.ts";
import { AttemptLimits } from "./attempt-limits.ts";
import { emailAddress } from "./email-address.ts";
import { addressOf } from "./limit-requests.ts";
import { login } from "./login.ts";
import { confirmPasswordReset, requestPasswordReset } from "./password-reset.ts";
import { newPassword } from "./passwords.ts";
import { serviceTokenRoutes } from "./service-token-routes.ts";
import { closeSession, refreshSession } from "./sessions.ts";
import { userRoutes } from "./user-routes.ts";

const text = z.string("must be a text").min(1, "must not be empty").max(1_000, "must have at most 1000 characters");
const sessionReply = z.object({ accessToken: z.string(), refreshToken: z.string(), expiresIn: z.int(), role: z.enum(roles) });
const sessionAnswer = { description: "An access token for Authorization: Bearer, seconds that it is valid, and the token that gives the next one.", schema: sessionReply };
const refreshBody = z.strictObject({ refreshToken: text });

/** Signing in and out, new passwords, users and service tokens: all of `/api/auth`. */
export function authRoutes(context: FeatureContext, accessTokens: AccessTokens): Route[] {
  const { cache, config, log } = context;
  const sessions = { ...context, accessTokens, refreshSeconds: config.REFRESH_EXPIRES_IN };
  const loginLimits = new AttemptLimits(cache, "login");
  const resetLimits = new AttemptLimits(cache, "password-reset");
  return [
    publicRoute({
      method: "post",
      path: "/api/auth/login",
      tag: "auth",
      summary: "Sign in with an e-mail address and a password.",
      body: z.strictObject({ email: emailAddress, password: text }),
      answers: { 200: sessionAnswer, 401: { description: "The e-mail address or the password is wrong." }, 429: { description: "Too many attempts; Retry-After says when to try again." } },
      handle: async ({ body, request, response }) => {
        const session = await login({ ...sessions, limits: loginLimits }, { ...body, ip: addressOf(request) }, response);
        response.set("Cache-Control", "no-store").json(session);
      },
    }),
    publicRoute({
      method: "post",
      path: "/api/auth/refresh",
      tag: "auth",
      summary: "Replace a refresh token by the next one, with a new access token.",
      body: refreshBody,
      answers: { 200: sessionAnswer, 401: { description: "The refresh token is not valid any more; one that is used twice ends its session." } },
      handle: async ({ body, response }) => {
        const session = await refreshSession(sessions, body.refreshToken, requestIdOf(response));
        response.set("Cache-Control", "no-store").json(session);
      },
    }),
    publicRoute({
      method: "post",
      path: "/api/auth/logout",
      tag: "auth",
      summary: "End the session of a refresh token.",
      body: refreshBody,
      answers: { 204: { description: "It is ended, or there was none." } },
      handle: async ({ body, response }) => {
        await closeSession(sessions, body.refreshToken, requestIdOf(response));
        response.status(204).end();
      },
    }),
    publicRoute({
      method: "post",
      path: "/api/auth/password-reset/request",
      tag: "auth",
      summary: "Send a user a mail with a token to set a new password.",
      body: z.strictObject({ email: emailAddress }),
      answers: { 202: { description: "If there is such a user, the mail is on its way." }, 429: { description: "Too many requests for this user or from this address." } },
      handle: async ({ body, request, response }) => {
        await resetLimits.begin({ email: body.email, ip: addressOf(request) }, response);
        response.status(202).end();
        // After the answer, whose time must not tell whether there is such a user.
        const requestId = requestIdOf(response);
        await requestPasswordReset(context, body.email, requestId).catch((error: unknown) => log.error({ err: error, requestId }, "a password reset could not be sent"));
      },
    }),
    publicRoute({
      method: "post",
      path: "/api/auth/password-reset/confirm",
      tag: "auth",
      summary: "Set a new password with the token of the mail; it ends all sessions of the user.",
      body: z.strictObject({ token: text, password: newPassword }),
      answers: { 204: { description: "The password is set." }, 400: { description: "The token is not valid any more, or the password is too short." } },
      handle: async ({ body, response }) => {
        await confirmPasswordReset({ ...context, limits: loginLimits }, body.token, body.password, requestIdOf(response));
        response.status(204).end();
      },
    }),
    ...userRoutes(),
    ...serviceTokenRoutes(),
  ];
}
