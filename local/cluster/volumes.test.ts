import { expect, it } from "@jest/globals";
import { localVolume, missingVolumes } from "./volumes.ts";

const volume = (phase: string | undefined, storageClassName = "forecast-local"): object => ({ spec: { storageClassName }, status: { phase } });

it("keeps the stock of free volumes at its size, whatever is bound or released", () => {
  const volumes = [volume("Available"), volume("Bound"), volume("Released"), volume("Available", "other"), volume(undefined)];
  expect(missingVolumes(volumes as never, "forecast-local", 6)).toBe(4);
  expect(missingVolumes([], "forecast-local", 6)).toBe(6);
});

it("makes volumes that keep their data when the claim goes", () => {
  expect(localVolume("v", "/data/v", "node", "class")).toMatchObject({
    spec: { persistentVolumeReclaimPolicy: "Retain", local: { path: "/data/v" }, storageClassName: "class" },
  });
});
