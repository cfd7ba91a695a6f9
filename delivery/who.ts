import { userInfo } from "node:os";

/** In whose name a command is run: FORECASTCTL_USER where an account is shared, as in a pipeline, otherwise the account. */
export function who(): string {
  return process.env["FORECASTCTL_USER"] ?? userInfo().username;
}
