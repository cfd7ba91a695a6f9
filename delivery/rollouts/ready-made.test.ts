import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { rolloutJsonSchema } from "@forecast-stack/rollouts/rollout-spec.ts";
import { readRolloutFile } from "./rollout-file.ts";

const folder = join(import.meta.dirname, "ready-made");
const files = (await readdir(folder)).sort();

describe("the ready-made rollouts", () => {
  it("are the three priorities, the third one in two parts", () => {
    expect(files).toEqual(["batch-delay.yaml", "hybrid-forecasting.yaml", "hybrid-outliers.yaml", "predictive-prefetch.yaml"]);
  });

  it.each(files)("%s can be started as it is", async (file) => {
    const { spec } = await readRolloutFile(join(folder, file));
    expect(spec.paused).toBe(false);
    expect(spec.gates.some(({ critical }) => critical)).toBe(true);
  });
});

it("the published JSON Schema is that of the rollouts that are taken", async () => {
  // Written by: forecastctl rollout schema > docs/rollout.schema.json
  expect(JSON.parse(await readFile(join(import.meta.dirname, "../../docs/rollout.schema.json"), "utf8"))).toEqual(JSON.parse(JSON.stringify(rolloutJsonSchema())));
});
