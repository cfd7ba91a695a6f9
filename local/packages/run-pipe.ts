import { run } from "../run.ts";

/**
 * Runs `producer | consumer` with a kernel pipe between them, so large archives never pass through this process.
 * @returns the consumer's standard output
 * @throws {CommandError} when either of the two fails
 */
export async function runPipe(producer: readonly string[], consumer: readonly string[]): Promise<string> {
  const script = 'n=$1; shift; "${@:1:n}" | "${@:n+1}"';
  return run("bash", ["-o", "pipefail", "-c", script, "bash", String(producer.length), ...producer, ...consumer]);
}
