import { describe, expect, it } from "@jest/globals";
import { dashboardFiles } from "../../dashboard-json.ts";
import { choicesOf, valuesOf } from "./choices.ts";

const forecasting = dashboardFiles().get("forecasting.json");
if (forecasting === undefined) throw new Error("There is no dashboard of forecasting.");

describe("the choices of a dashboard", () => {
  it("are all of everything in the first environment, each asked for within the one before", async () => {
    const asked: string[] = [];
    const answers: Readonly<Record<string, readonly string[]>> = { namespace: ["dev", "staging"], tenant: ["acme"], facility: ["main", "north.1"] };
    const choices = await choicesOf(forecasting, new URLSearchParams(), (selector, label) => {
      asked.push(selector);
      return Promise.resolve(answers[label] ?? []);
    });
    expect(valuesOf(choices)).toEqual({ namespace: "dev", tenant: ".*", facility: ".*" });
    expect(choices.at(-1)).toMatchObject({ name: "facility", label: "Facility", options: ["$__all", "main", "north.1"], chosen: "$__all" });
    expect(asked).toEqual(["inventory_forecasting_health_status", 'forecast_facility_items{namespace="dev"}', 'forecast_facility_items{namespace="dev",tenant=~".*"}']);
  });

  it("are what the address says, with every sign of a name taken as it is", async () => {
    const choices = await choicesOf(forecasting, new URLSearchParams("var-namespace=staging&var-tenant=acme&var-facility=north.1"), () => Promise.resolve(["any"]));
    expect(valuesOf(choices)).toEqual({ namespace: "staging", tenant: "acme", facility: String.raw`north\\.1` });
  });

  it("end where Prometheus knows no environment", async () => {
    const choices = await choicesOf(forecasting, new URLSearchParams(), () => Promise.resolve([]));
    expect(valuesOf(choices)).toBeUndefined();
  });
});
