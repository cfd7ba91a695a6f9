const RETRY_MS = 20;
const PATIENCE_MS = 10_000;

/** Waits until `check` no longer throws; throws its last error after ten seconds. */
export async function soon(check: () => void): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await new Promise((resolve) => setTimeout(resolve, RETRY_MS))) {
    try {
      check();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
