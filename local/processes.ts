import { startTime } from "./cluster/supervisor.ts";

/**
 * True while a process runs, also somebody else's. One that has ended counts as
 * gone even where its parent has not asked how: an init that is slow at that
 * leaves it for seconds.
 */
export function isRunning(pid: number): boolean {
  if (process.platform === "linux") return startTime(pid) !== undefined;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is somebody else's, but it runs.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
