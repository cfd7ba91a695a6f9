import type { Arrival } from "../support/release-line.ts";

/** Collects what a proof saw; a problem makes it fail at the end. */
export class ProofLog {
  readonly #seconds: number[] = [];
  #requests = 0;
  #killed = 0;
  #problems = 0;

  arrival(what: string, { report, load, killed, problems }: Arrival): void {
    const { seconds, compared, undone, applied } = report.result;
    this.#seconds.push(seconds);
    this.#requests += load?.requests ?? 0;
    this.#killed += killed ? 1 : 0;
    const details = [`${compared} objects`, ...(load === undefined ? [] : [`${load.requests} requests`]), ...(killed ? ["killed"] : []), ...(undone.length > 0 ? [`undone ${undone.join(", ")}`] : []), ...(applied.length > 0 ? [`applied ${applied.join(", ")}`] : [])];
    process.stdout.write(`${what}: ${Math.round(seconds)} s, ${details.join(", ")}\n`);
    for (const problem of problems) this.problem(problem);
  }

  problem(problem: string): void {
    this.#problems += 1;
    process.stdout.write(`  PROBLEM: ${problem}\n`);
  }

  /** Prints the sums, and makes the program fail when there was any problem. */
  end(): void {
    const sorted = this.#seconds.toSorted((a, b) => a - b);
    process.stdout.write(`\n${sorted.length} rollbacks, ${Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0)} s (${Math.round(sorted[0] ?? 0)} to ${Math.round(sorted.at(-1) ?? 0)}); ${this.#killed} killed; ${this.#requests} requests; ${this.#problems} problems\n`);
    if (this.#problems > 0) process.exitCode = 1;
  }
}
