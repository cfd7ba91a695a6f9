/** Variables of the service that the program sets itself; a stack's `serviceEnvironment` must not. */
export const ownedVariables: readonly string[] = [
  "NODE_ENV",
  "PORT",
  "APP_VERSION",
  "LOG_LEVEL",
  "DB_HOST",
  "DB_PORT",
  "DB_NAME",
  "DB_USER",
  "DB_PASSWORD",
  "DB_SSL",
  "REDIS_URL",
  "SVC_JWT",
  "JWT_SECRET",
  "POD_NAME",
];
