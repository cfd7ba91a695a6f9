import { changes, type ChangeName } from "../support/release-changes.ts";
import { ReleaseLine } from "../support/release-line.ts";
import { ProofLog } from "./proof-log.ts";

// Every change is a release of its own; failed updates between them leave none.
// From the newest release back to each of the others, the first one first, and forward again, under load.

const UNDO = ["--undo-migrations", "--accept-data-loss"];
const log = new ProofLog();
const line = await ReleaseLine.begin("proof-rollback");
try {
  for (const [index, name] of (Object.keys(changes) as ChangeName[]).entries()) {
    await line.release(name);
    process.stdout.write(`release ${line.newest.number}: ${name}\n`);
    if (index % 4 === 1 && (await line.failToRelease()).ok) log.problem("an update with an image that does not exist succeeded");
  }
  const newest = line.length;
  for (let number = 1; number < newest; number += 1) {
    for (const target of [number, newest]) log.arrival(`to release ${target}`, await line.goTo(target, { load: 100, options: target === newest ? [] : UNDO }));
  }
} catch (error) {
  // Told before the stack is removed, which may fail over the same.
  log.problem(String(error));
} finally {
  await line.remove();
}
log.end();
