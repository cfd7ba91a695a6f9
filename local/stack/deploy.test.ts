import { expect, it } from "@jest/globals";
import { diagnostics, summary } from "./deploy.ts";

const output = `Updating (dev):
 ~  kubernetes:apps/v1:Deployment api updating (180s) error: update failed
Diagnostics:
  kubernetes:apps/v1:Deployment (api):
    error: 1 error occurred:
    	* image "x:broken" cannot be pulled

Outputs:
    namespace: "forecast-dev"

Resources:
    ~ 1 updated
    32 unchanged

Duration: 3m1s
`;

it("tells why an update failed without the progress around it", () => {
  expect(diagnostics(output)).toBe('kubernetes:apps/v1:Deployment (api):\n    error: 1 error occurred:\n    \t* image "x:broken" cannot be pulled');
});

it("shows the last lines where Pulumi gave no diagnostics", () => {
  expect(diagnostics("error: no stack named 'nope' found\n")).toBe("error: no stack named 'nope' found");
});

it("sums an update up in one line", () => {
  expect(summary(output)).toBe("1 updated, 32 unchanged");
});
