/** What a caller may learn about an error besides its message. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * An error that the service foresaw: it has a status and a message for whoever
 * asked. Anything else that is thrown is a defect and answered with 500.
 */
export class AppError extends Error {
  readonly status: number;
  /** Short title of the kind of problem (RFC 9457). */
  readonly title: string;
  readonly details: ErrorDetails;

  constructor(status: number, title: string, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.status = status;
    this.title = title;
    this.details = options.details ?? {};
  }
}

/** The request cannot be understood: which part and why stands in the message. */
export class InvalidRequestError extends AppError {
  constructor(message: string, details?: ErrorDetails) {
    super(400, "Invalid request", message, details === undefined ? {} : { details });
  }
}

/** No token, or not the right one. */
export class UnauthorizedError extends AppError {
  constructor(message: string) {
    super(401, "Unauthorized", message);
  }
}

/** A valid token whose role does not suffice. */
export class ForbiddenError extends AppError {
  constructor(message: string) {
    super(403, "Forbidden", message);
  }
}

export class NotFoundError extends AppError {
  constructor(message: string) {
    super(404, "Not found", message);
  }
}

/** What is asked for contradicts what is stored. */
export class ConflictError extends AppError {
  constructor(message: string) {
    super(409, "Conflict", message);
  }
}

/** More bytes than a route takes. */
export class TooLargeError extends AppError {
  constructor(message: string) {
    super(413, "Content too large", message);
  }
}

export class UnsupportedMediaTypeError extends AppError {
  constructor(message: string) {
    super(415, "Unsupported media type", message);
  }
}

/** More requests than a limit allows; whoever throws it sets Retry-After. */
export class TooManyRequestsError extends AppError {
  constructor(message: string) {
    super(429, "Too many requests", message);
  }
}

/** Something that the service needs does not answer; trying again later may help. */
export class UnavailableError extends AppError {
  constructor(message: string, cause?: unknown) {
    super(503, "Service unavailable", message, { cause });
  }
}

/** The environment is wrong; the process ends with EX_CONFIG before it does anything. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}
