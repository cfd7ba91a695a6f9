/** What a principal may do, in rising order; each role may do what those before it may. */
export const roles = ["viewer", "staff", "admin"] as const;
export type Role = (typeof roles)[number];

/** Who asks: a user or a machine of one tenant. */
export interface Principal {
  /** Names it in the audit log: a user's e-mail address, or the name of a service token. */
  readonly subject: string;
  readonly tenant: string;
  readonly role: Role;
  readonly kind: "user" | "service";
}

/**
 * Tells who sends a request.
 *
 * @param authorization the request's Authorization header
 * @throws UnauthorizedError when there is none, or it is not valid
 */
export type Authenticate = (authorization: string | undefined) => Principal | Promise<Principal>;

/** Whether `role` includes what `needed` may do. */
export function mayActAs(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}
