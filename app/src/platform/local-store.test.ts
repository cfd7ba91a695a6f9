import { describe, expect, it } from "@jest/globals";
import { LocalStore } from "./local-store.ts";

const text = (value: string) => ({ text: value });

describe("the process's own cache", () => {
  it("forgets what has expired", () => {
    let now = 0;
    const store = new LocalStore({ maxEntries: 10, maxCharacters: 100 }, () => now);
    store.set("a", text("1"), 50);
    now = 49;
    expect(store.get("a")?.text).toBe("1");
    now = 50;
    expect(store.get("a")).toBeUndefined();
  });

  it("drops the entry that was unused longest when it has too many", () => {
    const store = new LocalStore({ maxEntries: 2, maxCharacters: 100 });
    store.set("a", text("1"), 1_000);
    store.set("b", text("2"), 1_000);
    store.get("a");
    store.set("c", text("3"), 1_000);
    expect(["a", "b", "c"].map((key) => store.get(key)?.text)).toEqual(["1", undefined, "3"]);
  });

  it("stays within its size, however large the entries are", () => {
    const store = new LocalStore({ maxEntries: 100, maxCharacters: 10 });
    store.set("a", text("12345"), 1_000);
    store.set("b", text("12345"), 1_000);
    store.set("c", text("1"), 1_000);
    expect(store.get("a")).toBeUndefined();
    expect(store.get("b")?.text).toBe("12345");
    store.set("too large", text("12345678901"), 1_000);
    expect(store.get("too large")).toBeUndefined();
    expect(store.get("b")?.text).toBe("12345");
  });

  it("replaces a value without counting it twice", () => {
    const store = new LocalStore({ maxEntries: 100, maxCharacters: 10 });
    for (let turn = 0; turn < 10; turn += 1) store.set("a", text("12345"), 1_000);
    store.set("b", text("12345"), 1_000);
    expect(store.get("a")?.text).toBe("12345");
  });
});
