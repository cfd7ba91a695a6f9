import { ReleaseError } from "../releases/release-error.ts";

/** A Job ended badly: its last words, and its exit code. */
export class JobError extends ReleaseError {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}
