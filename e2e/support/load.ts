import { request } from "node:http";

export interface LoadResult {
  readonly requests: number;
  /** What went wrong, each with its count: a status other than 2xx, a reset, a time-out. */
  readonly failures: Readonly<Record<string, number>>;
}

/** Longer than any answer takes on two processors that a whole stack starts on: a request without one is lost. */
const ANSWER_MS = 30_000;

/**
 * Sends requests to a service of the embedded cluster until it is stopped, each
 * on a new connection and never repeated, so that one lost request shows.
 */
export class Load {
  private readonly failures: Record<string, number> = {};
  private requests = 0;
  private readonly pending = new Set<Promise<void>>();
  private readonly timer: NodeJS.Timeout;
  private readonly url: string;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly csv: string | undefined;

  /**
   * @param perSecond requests that are started in a second
   * @param token sent as Authorization: Bearer
   * @param csv makes every request a POST of this file
   */
  constructor(url: string, perSecond: number, token?: string, csv?: string) {
    this.url = url;
    this.csv = csv;
    this.headers = { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(csv === undefined ? {} : { "content-type": "text/csv" }) };
    this.timer = setInterval(() => {
      const sent = this.send().finally(() => this.pending.delete(sent));
      this.pending.add(sent);
    }, 1000 / perSecond);
    // A test that fails before it stops its load ends all the same.
    this.timer.unref();
  }

  /** How many requests were sent so far. */
  get sent(): number {
    return this.requests;
  }

  /** Sends nothing more, waits for the answers that are due, and tells what came. */
  async stop(): Promise<LoadResult> {
    clearInterval(this.timer);
    await Promise.all(this.pending);
    return { requests: this.requests, failures: this.failures };
  }

  private async send(): Promise<void> {
    this.requests += 1;
    const outcome = await new Promise<string>((resolve) => {
      const outgoing = request(this.url, { method: this.csv === undefined ? "GET" : "POST", agent: false, timeout: ANSWER_MS, headers: this.headers }, (answer) => {
        answer.resume();
        answer.on("end", () => resolve(String(answer.statusCode)));
        answer.on("error", (error) => resolve(error.message));
      });
      outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer in ${ANSWER_MS / 1_000} s`)));
      outgoing.on("error", (error) => resolve(error.message));
      outgoing.end(this.csv);
    });
    if (!outcome.startsWith("2")) this.failures[outcome] = (this.failures[outcome] ?? 0) + 1;
  }
}
