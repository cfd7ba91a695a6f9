import { ReleaseLine } from "../support/release-line.ts";
import { ProofLog } from "./proof-log.ts";

// The tool and all that it started are killed at a random moment of a rollback;
// the same command must then end with everything as it was at that release.

const rounds = Number(process.argv[3] ?? 20);
const log = new ProofLog();
const line = await ReleaseLine.begin("proof-kills");
try {
  await line.release("image", "replicas", "new component");
  await line.release("migration, expand", "migration, contract", "rule", "removed component");
  for (let round = 0; round < rounds; round += 1) {
    const target = [1, 3, 2, 3][round % 4] ?? 1;
    const killAt = Math.random();
    log.arrival(`to release ${target}, killed at ${killAt.toFixed(2)}`, await line.goTo(target, { killAt, options: target === 3 ? [] : ["--undo-migrations", "--accept-data-loss"] }));
  }
} catch (error) {
  // Told before the stack is removed, which may fail over the same.
  log.problem(String(error));
} finally {
  await line.remove();
}
log.end();
