import { Watch } from "@kubernetes/client-node";

/**
 * Seconds after which the API server ends a watch. Two seconds before, it sends a
 * bookmark when it can; either is within the 30 s of silence after which the
 * client takes a connection for dead.
 */
const WATCH_SECONDS = 25;

type Arguments = Parameters<Watch["watch"]>;

/** A watch that asks for bookmarks, so that a quiet one still proves that it is alive, and that never throws. */
export class ConfirmingWatch extends Watch {
  readonly #confirmed: () => void;
  #startedAt = 0;

  constructor(config: ConstructorParameters<typeof Watch>[0], confirmed: () => void) {
    super(config);
    this.#confirmed = confirmed;
  }

  /** True when the last watch lasted as long as it was asked to: the next one may begin at once. */
  get lasted(): boolean {
    return Date.now() - this.#startedAt >= (WATCH_SECONDS - 1) * 1_000;
  }

  override async watch(path: Arguments[0], query: Arguments[1], callback: Arguments[2], done: Arguments[3]): Promise<AbortController> {
    this.#startedAt = Date.now();
    const ended: Arguments[3] = (error: unknown) => {
      if (error === null) this.#confirmed();
      done(error);
    };
    const confirming: Arguments[2] = (phase, object, event) => {
      if (phase !== "ERROR") this.#confirmed();
      callback(phase, object, event);
    };
    try {
      return await super.watch(path, { ...query, allowWatchBookmarks: true, timeoutSeconds: WATCH_SECONDS }, confirming, ended);
    } catch (error) {
      // For example a token that cannot be read: the informer would leave the rejection unhandled.
      done(error);
      return new AbortController();
    }
  }
}
