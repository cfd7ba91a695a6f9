import { type DestinationStream, pino, type Logger } from "pino";

export type Log = Logger;

/** Names under which a secret could slip into a record; the client of Redis attaches to its errors the command that failed, which may hold the password. */
const secretPaths = ["err.command", "err.*.command", "err.aggregateErrors[*].command", "authorization", "password", "token", "*.authorization", "*.password", "*.token", "headers.authorization", "req.headers.authorization", "connectionString", "*.connectionString"];

/**
 * The one logger: a JSON line per record on stdout, with the service's role and
 * version, times in ISO 8601, and nothing under a name that holds a secret.
 */
export function createLog(options: { level: string; role: string; version: string; destination?: DestinationStream }): Log {
  const { level, role, version, destination } = options;
  return pino(
    {
      level,
      base: { service: "forecast-service", role, version },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretPaths, censor: "[redacted]" },
      serializers: { err: pino.stdSerializers.err },
    },
    destination ?? pino.destination({ fd: 1, sync: true }),
  );
}
