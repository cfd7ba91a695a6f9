import { PgBoss, type QueueOptions, type ConstructorOptions } from "pg-boss";
import type { Database, Queryable } from "./db.ts";
import { UnavailableError } from "./errors.ts";
import type { Log } from "./log.ts";
import { pause } from "./pause.ts";

/** A queue and how its jobs are retried. */
export interface QueueDefinition {
  readonly name: string;
  readonly options: QueueOptions & { readonly deadLetter?: string };
}

/** How often finished heartbeats and expired jobs are looked for, in seconds. */
const SUPERVISE_SECONDS = 10;
const RETRY_MS = 1_000;

/**
 * The job queue in Postgres (pg-boss). Its schema is made by the migrations;
 * here it is only used. It connects in the background and keeps trying, so that
 * a process starts, and says that it is not ready, while Postgres is away.
 */
export class JobQueue {
  readonly #boss: PgBoss;
  readonly #queues: readonly QueueDefinition[];
  readonly #log: Log;
  readonly #stopped = new AbortController();
  #ready = false;

  /**
   * @param role `worker` also looks after the queues: it takes jobs back from
   * dead workers and starts what is scheduled
   */
  constructor(database: Database, role: "worker" | "client", queues: readonly QueueDefinition[], log: Log) {
    const works = role === "worker";
    const options: ConstructorOptions = {
      db: { executeSql: (text, values) => database.run("queue", text, values) },
      migrate: false,
      supervise: works,
      schedule: works,
      superviseIntervalSeconds: SUPERVISE_SECONDS,
      monitorIntervalSeconds: SUPERVISE_SECONDS,
      // The service's role does not own the tables, so it cannot rebuild their indexes.
      reindex: false,
    };
    this.#boss = new PgBoss(options);
    this.#boss.on("error", (error) => log.warn({ err: error }, "the job queue met an error; it goes on"));
    this.#boss.on("warning", (warning) => log.warn({ warning }, "the job queue warns"));
    this.#queues = queues;
    this.#log = log;
  }

  get ready(): boolean {
    return this.#ready;
  }

  /**
   * Connects, makes the queues and then calls `whenReady`; tries again until it
   * works or `stop` is called, and then gives nothing.
   */
  async connect(whenReady: (boss: PgBoss) => Promise<void>): Promise<PgBoss | undefined> {
    for (let attempt = 1; !this.#stopped.signal.aborted; attempt += 1) {
      try {
        await this.#boss.start();
        for (const { name, options } of this.#queues) {
          await this.#boss.createQueue(name, options);
          await this.#boss.updateQueue(name, options);
        }
        await whenReady(this.#boss);
        this.#ready = true;
        this.#log.info({ attempt }, "the job queue is connected");
        return this.#boss;
      } catch (error) {
        if (attempt % 15 === 1) this.#log.warn({ err: error, attempt }, "the job queue cannot be reached yet");
        await this.#boss.stop({ graceful: false }).catch(() => undefined);
        await pause(RETRY_MS, this.#stopped.signal);
      }
    }
    return undefined;
  }

  /**
   * Adds a job in the caller's transaction: it exists exactly if that commits.
   *
   * @throws UnavailableError before the queue is connected
   */
  async send(transaction: Queryable, queue: string, jobId: string, data: object): Promise<void> {
    if (!this.#ready) throw new UnavailableError("The job queue is not connected yet.");
    await this.#boss.send(queue, data, { id: jobId, db: sqlOf(transaction) });
  }

  /**
   * Asks for work of a queue. Under the same id it is asked for once, as long
   * as the job is remembered.
   *
   * @param data what the job holds
   * @param delaySeconds how long it waits first
   * @throws UnavailableError before the queue is connected
   */
  async ask(queue: string, jobId: string, data: object, delaySeconds = 0): Promise<void> {
    if (!this.#ready) throw new UnavailableError("The job queue is not connected yet.");
    await this.#boss.insert(queue, [{ id: jobId, data, ...(delaySeconds > 0 ? { startAfter: delaySeconds } : {}) }]);
  }

  /** Stops taking jobs, lets running ones finish for `timeoutMs` and gives the others back to the queue. */
  async stop(timeoutMs: number): Promise<void> {
    this.#stopped.abort();
    await this.#boss.stop({ graceful: true, timeout: timeoutMs });
  }
}

/** Lets pg-boss run its statements in a transaction of ours. */
export function sqlOf(transaction: Queryable): { executeSql: (text: string, values?: unknown[]) => Promise<{ rows: Record<string, unknown>[] }> } {
  return { executeSql: async (text, values = []) => ({ rows: await transaction.query<Record<string, unknown>>("queue", text, values) }) };
}
