/** Exit codes of sysexits.h, so that whoever called can tell what to do. */
export const exitCodes = {
  failed: 1,
  /** The backup is damaged, incomplete, or not what it says. */
  damaged: 65,
  /** The place where backups are kept is full or does not answer. */
  storage: 74,
  /** The key is not the one that the backup was made with. */
  wrongKey: 77,
} as const;

/** A backup cannot be made, read or restored: the message says why, in one sentence, and what stayed as it was. */
export class BackupError extends Error {
  override readonly name = "BackupError";
  readonly exitCode: number;

  constructor(kind: keyof typeof exitCodes, message: string, cause?: unknown) {
    super(message, { cause });
    this.exitCode = exitCodes[kind];
  }
}
