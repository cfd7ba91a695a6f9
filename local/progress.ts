import pc from "picocolors";

const startedAt = Date.now();

/** A time as people read it: `4.2 s`, `3 min 07 s`. */
export function formatElapsed(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
}

/** How often a step without a terminal repeats its note, in milliseconds. */
const QUIET_INTERVAL = 15_000;

/**
 * Runs one step and tells its progress: a line that is redrawn on a terminal,
 * a line now and then elsewhere, and one closing line with the time it took.
 *
 * @param title what the step achieves, in a few words
 * @param work receives `note`, to be called with what is happening now; its
 *   result, when it is a string, is shown behind the title
 */
export async function step<T>(title: string, work: (note: (message: string) => void) => Promise<T>): Promise<T> {
  const began = Date.now();
  const onTerminal = process.stdout.isTTY;
  let message = "";
  let lastLine = Date.now();
  const draw = (): void => {
    const text = `${formatElapsed(Date.now() - began)}  ${title}${message === "" ? "" : `: ${message}`}`;
    if (onTerminal) process.stdout.write(`\r\u001b[2K${pc.dim("…")} ${text.slice(0, (process.stdout.columns || 80) - 3)}`);
    else if (Date.now() - lastLine >= QUIET_INTERVAL) {
      lastLine = Date.now();
      process.stdout.write(`… ${text}\n`);
    }
  };
  const timer = setInterval(draw, onTerminal ? 200 : 1_000);
  const close = (mark: string, detail: string): void => {
    clearInterval(timer);
    if (onTerminal) process.stdout.write("\r\u001b[2K");
    const took = formatElapsed(Date.now() - began).padStart(12);
    process.stdout.write(`${mark} ${pc.dim(took)}  ${title}${detail === "" ? "" : pc.dim(`: ${detail}`)}\n`);
  };
  try {
    const result = await work((next) => {
      message = next;
    });
    close(pc.green("✓"), typeof result === "string" ? result : "");
    return result;
  } catch (error) {
    close(pc.red("✗"), message);
    throw error;
  }
}

/** Time since the program started, for a closing line. */
export function elapsed(): string {
  return formatElapsed(Date.now() - startedAt);
}
