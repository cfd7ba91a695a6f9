import { kinds, simulateRollouts } from "./rollout-simulation.ts";
import { table } from "./report.ts";

// How often comparisons are wrong, at the sample sizes that lint asks for.

const ROLLOUTS = 2_000;
const percent = (part: number) => `${((100 * part) / ROLLOUTS).toFixed(1)} %`;

table(
  [`${ROLLOUTS} simulated rollouts each`, "samples a side", "A/A taken back", "20 % worse caught"],
  kinds.map((kind) => {
    const [alike, worse] = [simulateRollouts(kind, 1, ROLLOUTS), simulateRollouts(kind, 1.2, ROLLOUTS)];
    return [kind, String(alike.samples), percent(alike.takenBack), percent(worse.takenBack)];
  }),
);
