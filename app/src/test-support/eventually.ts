const RETRY_MS = 25;

/** Repeats `attempt` until it succeeds, and fails with its last error after `timeoutMs`. */
export async function eventually<Result>(attempt: () => Promise<Result>, timeoutMs = 20_000): Promise<Result> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
