// npm run proof -- NAME [ROUNDS]: goes through what npm test samples, in full; docs/proofs.md has what came of it.

import { prepare } from "../../local/prepare.ts";
import { stackEnvironment } from "../../local/stack/environment.ts";

interface Proof {
  readonly about: string;
  /** It needs no cluster, which then is not brought up. */
  readonly alone?: true;
  readonly run: () => Promise<unknown>;
}

const proofs: Readonly<Record<string, Proof>> = {
  rollback: { about: "fourteen changes, each a release, back from the newest to each and forward again, under load", run: () => import("./rollback.ts") },
  kills: { about: "rollbacks killed at 20 random moments, each finished by the same command", run: () => import("./kills.ts") },
  "prometheus-3": { about: "every rule, its cases, the faults of monitoring and the validation on Prometheus 3", alone: true, run: () => import("./prometheus-3.ts") },
  outage: { about: "the API server gone for 30 s in the middle of a rollback", run: () => import("./outage.ts") },
};

const [name = "--help"] = process.argv.slice(2);
const proof = proofs[name];
const list = Object.entries(proofs).map(([known, { about }]) => `  ${known.padEnd(12)} ${about}\n`).join("");
if (name === "--help") {
  process.stdout.write(`usage: npm run proof -- NAME [ROUNDS]\n\n${list}`);
} else if (proof === undefined) {
  process.stderr.write(`There is no proof "${name}"; there are:\n${list}`);
  process.exitCode = 64;
} else {
  if (proof.alone !== true) await prepare(true);
  Object.assign(process.env, stackEnvironment(process.env["PATH"] ?? ""));
  await proof.run();
}
