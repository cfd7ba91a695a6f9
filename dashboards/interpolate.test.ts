import { describe, expect, it } from "@jest/globals";
import { interpolate } from "./interpolate.ts";

describe("a dashboard's variables", () => {
  it("get their values, with and without braces", () => {
    expect(interpolate('rate(x{namespace="$namespace"}[${__rate_interval}])', { namespace: "dev", __rate_interval: "5m" })).toBe('rate(x{namespace="dev"}[5m])');
  });

  it("are not the groups of a regular expression", () => {
    expect(interpolate('label_replace(x, "a", "$1", "b", "(.*)")', {})).toBe('label_replace(x, "a", "$1", "b", "(.*)")');
  });

  it("leave a regular expression's end alone", () => {
    expect(interpolate('x{route=~"^/api/.*$"}', {})).toBe('x{route=~"^/api/.*$"}');
  });

  it("are an error when nobody gave them a value, because Prometheus would not understand their name", () => {
    expect(() => interpolate("up{namespace=\"$namespcae\"}", { namespace: "dev" })).toThrow("No value for the variable $namespcae");
  });
});
