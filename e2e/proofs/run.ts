// npm run proof -- NAME [ROUNDS]: goes through what npm test samples, in full; docs/proofs.md has what came of it.

import { prepare } from "../../local/prepare.ts";
import { stackEnvironment } from "../../local/stack/environment.ts";

const proofs: Readonly<Record<string, { readonly about: string; readonly run: () => Promise<unknown> }>> = {
  rollback: { about: "eleven releases, back from the newest to each and forward again, under load", run: () => import("./rollback.ts") },
  kills: { about: "rollbacks killed at 20 random moments, each finished by the same command", run: () => import("./kills.ts") },
  outage: { about: "the API server gone for 30 s in the middle of a rollback", run: () => import("./outage.ts") },
};

const [name = "--help"] = process.argv.slice(2);
const proof = proofs[name];
const list = Object.entries(proofs).map(([known, { about }]) => `  ${known.padEnd(9)} ${about}\n`).join("");
if (name === "--help") {
  process.stdout.write(`usage: npm run proof -- NAME [ROUNDS]\n\n${list}`);
} else if (proof === undefined) {
  process.stderr.write(`There is no proof "${name}"; there are:\n${list}`);
  process.exitCode = 64;
} else {
  await prepare(true);
  Object.assign(process.env, stackEnvironment(process.env["PATH"] ?? ""));
  await proof.run();
}
