import pc from "picocolors";
import { type Notice, notify, type NoticeResult } from "./notify.ts";

/** Tells people of something that has happened, and whoever reads the terminal whether that worked. */
export async function tell(stack: string, notice: Notice): Promise<void> {
  printTold(await notify(stack, notice));
}

export function printTold(result: NoticeResult): void {
  process.stdout.write(result.sent ? "The stack's channels were told.\n" : `${pc.yellow("Nobody was told:")} ${result.reason}\n`);
}

/** What an error says first. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
