import { expect, it } from "@jest/globals";
import { pausedRollout, sameTexts } from "./flag-overrides.ts";

it("pauses a rollout and keeps what people wrote beside it", () => {
  expect(pausedRollout("# ours\nflag: ENABLE_HYBRID_FORECASTING\nsteps: [5, 25] # slowly\n")).toBe("# ours\nflag: ENABLE_HYBRID_FORECASTING\nsteps: [ 5, 25 ] # slowly\npaused: true\n");
  expect(pausedRollout("flag: A\npaused: false\n")).toBe("flag: A\npaused: true\n");
});

it.each(["flag: A\npaused: true\n", "just text", "flag: [", "phase: running\n"])("leaves %j alone", (text) => {
  expect(pausedRollout(text)).toBeUndefined();
});

it("knows overrides that are the same in another order from those that are not", () => {
  expect(sameTexts({ A: "1", B: "2" }, { B: "2", A: "1" })).toBe(true);
  expect(sameTexts({ A: "1" }, { A: "1", B: "2" })).toBe(false);
  expect(sameTexts({ A: "1" }, { B: "1" })).toBe(false);
});
