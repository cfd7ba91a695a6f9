import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { sampleCatalogue } from "./catalogue.ts";
import { SAMPLE_END, shapes } from "./shapes.ts";

describe("sample catalogue", () => {
  const items = [...sampleCatalogue()];

  it("has 127 items: the two real series and every shape as often as its parameters say", () => {
    expect(items).toHaveLength(127);
    expect(new Set(items.map(({ sku }) => sku)).size).toBe(127);
    const count = (category: string) => items.filter((item) => item.category === category).length;
    expect(count("real")).toBe(2);
    for (const [name, shape] of Object.entries(shapes)) expect([name, count(name)]).toEqual([name, shape.count]);
  });

  it("is the same on every machine", () => {
    expect(createHash("sha256").update(JSON.stringify(items)).digest("hex")).toMatchInlineSnapshot(`"9c8bd28212ae622f79e71297a2b13bc771bd4c6d4c95e911551cdb0621304581"`);
  });

  it("leaves the real quantities as they are and ends both real series in the last month", () => {
    const [shop, prescriptions] = items;
    expect(shop?.demand).toHaveLength(546);
    expect(shop?.demand.at(-1)?.date).toBe(SAMPLE_END);
    expect(shop?.demand[0]).toEqual({ date: "2023-01-04", quantity: 494 });
    expect(prescriptions?.demand).toHaveLength(204);
    expect(prescriptions?.demand[0]).toEqual({ date: "2007-07-01", quantity: 1 });
    expect(prescriptions?.demand.at(-1)?.date).toBe("2024-06-01");
  });

  it("repeats the mixture for larger catalogues without changing the first items", () => {
    const larger = [...sampleCatalogue(300)];
    expect(larger).toHaveLength(300);
    expect(JSON.stringify(larger.slice(0, 127)) === JSON.stringify(items)).toBe(true);
  });

  it("has dead items that stopped and new items that just started", () => {
    for (const item of items.filter(({ category }) => category === "dead")) expect(item.demand.at(-1)?.date.localeCompare("2024-03-15")).toBeLessThan(0);
    for (const item of items.filter(({ category }) => category === "new")) expect(item.demand.length).toBeLessThanOrEqual(40);
  });
});
