import { setTimeout as pause } from "node:timers/promises";
import { isAlive, readRecord } from "@forecast-stack/local/cluster/supervisor.ts";
import { paths } from "@forecast-stack/local/paths.ts";
import { forecastctl } from "../support/forecastctl.ts";
import { ReleaseLine } from "../support/release-line.ts";
import { ProofLog } from "./proof-log.ts";

// The API server stops answering for 30 s in the middle of a rollback. Whether
// that attempt ends well or not, the same command must end it.

const OUTAGE_MS = 30_000;
const rounds = Number(process.argv[3] ?? 3);
const log = new ProofLog();
const line = await ReleaseLine.begin("proof-outage");
try {
  await line.release("image", "replicas", "new component");
  for (let round = 0; round < rounds; round += 1) {
    const target = round % 2 === 0 ? 1 : 2;
    const attempt = forecastctl(["rollback", "--stack", line.stack.name, "--to", String(target), "--yes", "--json"]);
    await pause(4_000 + round * 6_000);
    await withoutApiServer();
    const { code } = await attempt;
    log.arrival(`to release ${target}, outage after ${4 + round * 6} s, the attempt ${code === 0 ? "ended well" : "failed"}`, await line.goTo(target));
  }
} catch (error) {
  // Told before the stack is removed, which may fail over the same.
  log.problem(String(error));
} finally {
  await line.remove();
}
log.end();

/** Stopped, not ended: connections stay open and nobody answers, which is worse than a refusal. */
async function withoutApiServer(): Promise<void> {
  const record = readRecord(paths.run, "kube-apiserver");
  if (!isAlive(record)) throw new Error("The API server of the embedded cluster does not run.");
  process.kill(record.pid, "SIGSTOP");
  try {
    await pause(OUTAGE_MS);
  } finally {
    process.kill(record.pid, "SIGCONT");
  }
}
