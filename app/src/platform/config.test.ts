import { describe, expect, it } from "@jest/globals";
import { environmentSchema, readConfig } from "./config.ts";

describe("configuration", () => {
  it("has the newest values of the documents as defaults", () => {
    expect(readConfig({})).toMatchObject({
      PORT: 4000,
      MAPE_THRESHOLD: 20,
      FORECAST_BATCH_SIZE: 20,
      QUERY_CACHE_TTL: 7200,
      FORECAST_CACHE_TTL: 86_400,
      MEMORY_WARNING_THRESHOLD_PERCENT: 70,
      SLOW_QUERY_THRESHOLD_MS: 200,
      COMPRESSION_THRESHOLD_BYTES: 1024,
      CRON_DAILY: "5 2 * * *",
    });
  });

  it("gives a flag the value of the variable of its name, and no value where there is none", () => {
    expect(readConfig({ STREAMING_BATCH_DELAY_MS: "250", BIN_OPTIMIZATION_ALGORITHM: "BFD" })).toMatchObject({ STREAMING_BATCH_DELAY_MS: 250, BIN_OPTIMIZATION_ALGORITHM: "BFD" });
    expect(readConfig({}).STREAMING_BATCH_DELAY_MS).toBeUndefined();
    expect(() => readConfig({ STREAMING_BATCH_DELAY_MS: "soon" })).toThrow('STREAMING_BATCH_DELAY_MS is "soon": it must be a number from 0 to 600000.');
  });

  it("takes a variable that is set to nothing for one that is not set", () => {
    expect(readConfig({ FORECAST_BATCH_SIZE: "", REDIS_URL: "" })).toMatchObject({ FORECAST_BATCH_SIZE: 20 });
  });

  it.each([
    ["FORECAST_BATCH_SIZE", "twenty", 'FORECAST_BATCH_SIZE is "twenty": it must be a whole number from 1 to 1000.'],
    ["FORECAST_BATCH_SIZE", "0", 'FORECAST_BATCH_SIZE is "0": it must be a whole number from 1 to 1000.'],
    ["PORT", "4000.5", 'PORT is "4000.5": it must be a whole number from 0 to 65535.'],
    ["ENABLE_HYBRID_FORECASTING", "yes", 'ENABLE_HYBRID_FORECASTING is "yes": it must be true or false.'],
    ["LOG_LEVEL", "loud", 'LOG_LEVEL is "loud": it must be trace, debug, info, warn, error or fatal.'],
    ["CRON_DAILY", "at five", 'CRON_DAILY is "at five": it must be a cron expression of five fields, in UTC.'],
    ["MAPE_THRESHOLD", "-1", 'MAPE_THRESHOLD is "-1": it must be a number from 0.1 to 1000.'],
  ])("says of %s=%s what is wrong and what is allowed", (name, value, sentence) => {
    expect(() => readConfig({ [name]: value })).toThrow(sentence);
  });

  it("reads lengths of time as seconds and lists of origins as lists", () => {
    expect(readConfig({})).toMatchObject({ JWT_EXPIRES_IN: 43_200, CORS_ALLOWLIST: [], RATE_LIMIT_WINDOW_MIN: 5, RATE_LIMIT_MAX: 100 });
    expect(readConfig({ JWT_EXPIRES_IN: "90m", CORS_ALLOWLIST: "https://a.example, http://localhost:5173" })).toMatchObject({ JWT_EXPIRES_IN: 5_400, CORS_ALLOWLIST: ["https://a.example", "http://localhost:5173"] });
    expect(() => readConfig({ CORS_ALLOWLIST: "https://a.example/" })).toThrow("it must be origins such as");
    expect(() => readConfig({ JWT_EXPIRES_IN: "soon" })).toThrow("it must be a number of seconds, minutes, hours or days");
  });

  it("names every wrong variable at once", () => {
    expect(() => readConfig({ PORT: "x", TSB_BETA: "2" })).toThrow(/PORT is "x".*TSB_BETA is "2"/);
  });

  it.each(["SVC_JWT", "JWT_SECRET", "FIRST_ADMIN_PASSWORD", "ROLE_USERS_PASSWORD", "REDIS_URL"])("never repeats the value of %s", (name) => {
    expect(() => readConfig({ [name]: "hunter2" })).toThrow(`${name} is set to a value that is not allowed`);
    expect(() => readConfig({ [name]: "hunter2" })).not.toThrow("hunter2");
  });

  it("accepts its own defaults", () => {
    expect(environmentSchema.safeParse({}).success).toBe(true);
  });
});
