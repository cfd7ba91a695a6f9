import { describe, expect, it } from "@jest/globals";
import { ScrapeWatch } from "./scrape-watch.ts";

describe("the watch over whoever reads the metrics", () => {
  const watchFor = (limitSeconds: number) => {
    let now = 0;
    const watch = new ScrapeWatch(limitSeconds, () => now);
    return { watch, pass: (seconds: number) => (now += seconds * 1_000) };
  };

  it("says how long nobody has asked, once that is too long, and is content as soon as somebody does", () => {
    const { watch, pass } = watchFor(600);
    pass(600);
    expect(watch.unwatchedMinutes()).toBeUndefined();
    pass(120);
    expect(watch.unwatchedMinutes()).toBe(12);
    watch.scraped();
    expect(watch.unwatchedMinutes()).toBeUndefined();
  });

  it("is silent where nobody is meant to ask", () => {
    const { watch, pass } = watchFor(0);
    pass(1_000_000);
    expect(watch.unwatchedMinutes()).toBeUndefined();
  });
});
