import { describe, expect, it } from "@jest/globals";
import { type Check, type CheckName, judge } from "./check.ts";

const found = (name: CheckName, status: Check["status"]): Check => ({ name, status, message: "", values: {} });

describe("the verdict of a health job", () => {
  it("is that of the worst check", () => {
    expect(judge([], 0, 6).status).toBe("healthy");
    expect(judge([found("indexes", "degraded"), found("tables", "healthy")], 0, 6).status).toBe("degraded");
    expect(judge([found("tables", "unhealthy"), found("indexes", "degraded")], 0, 6).status).toBe("unhealthy");
  });

  it("turns unhealthy with the last of the jobs that a degraded service is given", () => {
    expect(judge([found("indexes", "degraded")], 4, 6)).toEqual({ status: "degraded", failures: 5 });
    expect(judge([found("indexes", "degraded")], 5, 6)).toEqual({ status: "unhealthy", failures: 6 });
  });

  it("begins to count anew after a job that found no fault with the service", () => {
    expect(judge([found("indexes", "healthy")], 5, 6)).toEqual({ status: "healthy", failures: 0 });
  });

  it("never turns unhealthy over poor forecasts or missing demand", () => {
    expect(judge([found("accuracy", "degraded"), found("data-volume", "degraded")], 5, 6)).toEqual({ status: "degraded", failures: 0 });
  });
});
