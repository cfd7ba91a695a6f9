import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { startTestService, type TestService } from "../test-support/test-service.ts";

interface Suggestion {
  readonly id: string;
  readonly sku: string;
  readonly status: string;
  readonly urgency: string;
  readonly quantity: number;
  readonly [field: string]: unknown;
}

describe("replenishment", () => {
  let server: TestServer;
  let app: TestService;
  beforeAll(async () => {
    server = await startTestServer();
    app = await startTestService(server, await server.createDatabase());
    const items = [
      "sku,name,lead_time_days,lead_time_std_days,unit_cost,ordering_cost,holding_cost_rate,pack_size,minimum_order_quantity,service_level,supplier",
      "STEADY,Sells daily,10,2,4,10,0.25,12,,0.95,Supplier A",
      "EMPTY,Nothing left,10,,,,,,,,",
      "LUMPY,Seldom and much,7,,,,,,,,",
      "PLENTY,Enough,10,,,,,,,,",
    ];
    const days = Array.from({ length: 120 }, (_, day) => new Date(Date.UTC(2024, 2, 1 + day)).toISOString().slice(0, 10));
    const demand = days.flatMap((date, day) => [`STEADY,${date},${8 + (day % 5)}`, `EMPTY,${date},${3 + (day % 2)}`, `PLENTY,${date},2`, ...(day % 10 === 0 ? [`LUMPY,${date},${day % 20 === 0 ? 5 : 40}`] : [])]);
    await load("items", items);
    await load("inventory", ["sku,quantity_on_hand,quantity_on_order,quantity_allocated", "STEADY,60,20,5", "EMPTY,4,100,4", "LUMPY,30,0,0", "PLENTY,500,0,0"]);
    await load("demand", ["sku,date,quantity", ...demand]);
  }, 60_000);
  afterAll(async () => {
    await app.stop();
    await server.remove();
  });

  const load = async (kind: string, rows: readonly string[]) => expect((await app.post(`/api/${kind}/import`, rows.join("\n"))).body).toMatchObject({ imported: rows.length - 1, rejected: 0 });
  const generate = async () => (await app.send("POST", "/api/replenishment/generate")).body;
  const suggestions = async (query = "") => (await app.get(`/api/replenishment/suggestions${query}`)).body["suggestions"] as Suggestion[];
  const suggestionOf = async (sku: string, query = "") => {
    const found = (await suggestions(query)).find((suggestion) => suggestion.sku === sku);
    if (found === undefined) throw new Error(`there is no suggestion for ${sku}`);
    return found;
  };
  const decide = (id: string, decision: string, json: object = {}) => app.send("POST", `/api/replenishment/suggestions/${id}/${decision}`, { json });
  const stockOf = async (sku: string) => ((await app.get("/api/inventory")).body["inventory"] as { sku: string; quantityOnHand: number; quantityOnOrder: number }[]).find((stock) => stock.sku === sku);

  it("explains the safety stock of an item, by the method that its data allow", async () => {
    const { body } = await app.get("/api/replenishment/safety-stock?sku=STEADY");
    // 120 days of 8, 9, 10, 11, 12: mean 10, sample variance 2 · 120 / 119.
    const safetyStock = 1.6448536269514722 * Math.sqrt((10 * 240) / 119 + 100 * 4);
    expect(body).toMatchObject({
      sku: "STEADY",
      facility: "main",
      asOf: "2024-06-28",
      dailyDemand: 10,
      periods: 120,
      safetyStock: expect.closeTo(safetyStock, 9),
      safetyStockMethod: "kings-formula",
      reorderPoint: expect.closeTo(100 + safetyStock, 9),
      reorderPointMethod: "mean-plus-safety-stock",
      economicOrderQuantity: expect.closeTo(Math.sqrt((2 * 3652.5 * 10) / 1), 9),
      inventoryPosition: 75,
      urgency: "HIGH",
      reasons: ["Both demand and lead time vary."],
    });
    expect(Number(body["suggestedQuantity"]) % 12).toBe(0);
    expect((await app.get("/api/replenishment/safety-stock?sku=LUMPY")).body).toMatchObject({ reorderPointMethod: "lead-time-demand-quantile", reorderPoint: 40, safetyStockMethod: "demand-variability" });
  });

  it("lets a planner try another service level", async () => {
    const safetyStock = async (query: string) => Number((await app.get(`/api/replenishment/safety-stock?sku=STEADY${query}`)).body["safetyStock"]);
    expect(await safetyStock("&serviceLevel=0.99")).toBeGreaterThan(await safetyStock(""));
    expect(await safetyStock("&serviceLevel=0.5")).toBe(0);
    expect((await app.get("/api/replenishment/safety-stock?sku=STEADY&serviceLevel=95")).body["detail"]).toBe("The query parameter serviceLevel must be a number between 0 and 1.");
    expect((await app.get("/api/replenishment/safety-stock?sku=STEADY&facility=moon")).body).toMatchObject({ status: 404, detail: "The item STEADY is not stocked at moon." });
    expect((await app.get("/api/replenishment/safety-stock?sku=NOTHING")).status).toBe(404);
  });

  it("suggests what to order, the most urgent first", async () => {
    expect(await generate()).toEqual({ examined: 4, pending: 2, expired: 0 });
    const listed = await suggestions();
    expect(listed.map(({ sku, urgency }) => [sku, urgency])).toEqual([["STEADY", "HIGH"], ["LUMPY", "MEDIUM"]]);
    const steady = (await app.get("/api/replenishment/safety-stock?sku=STEADY")).body;
    expect(listed[0]).toMatchObject({ supplier: "Supplier A", quantity: steady["suggestedQuantity"], estimatedCost: Number(steady["suggestedQuantity"]) * 4, reorderPoint: steady["reorderPoint"], safetyStock: steady["safetyStock"], quantityOnHand: 60, decidedBy: null });
    expect((await app.get(`/api/replenishment/suggestions/${String(listed[0]?.id)}`)).body).toEqual(listed[0]);
  });

  it("pages and filters suggestions", async () => {
    const first = (await app.get("/api/replenishment/suggestions?limit=1")).body;
    expect((first["suggestions"] as Suggestion[]).map(({ sku }) => sku)).toEqual(["STEADY"]);
    expect((await suggestions(`?limit=1&cursor=${String(first["nextCursor"])}`)).map(({ sku }) => sku)).toEqual(["LUMPY"]);
    expect((await suggestions("?urgency=MEDIUM")).map(({ sku }) => sku)).toEqual(["LUMPY"]);
    expect(await suggestions("?facility=moon")).toEqual([]);
    for (const query of ["status=lost", "urgency=high", "cursor=WyJhIiwiYiJd"]) expect([query, (await app.get(`/api/replenishment/suggestions?${query}`)).status]).toEqual([query, 400]);
  });

  it("renews pending suggestions instead of repeating them, and ends those that are not needed any more", async () => {
    const before = await suggestionOf("LUMPY");
    await load("inventory", ["sku,quantity_on_hand,quantity_on_order", "STEADY,60,400", "LUMPY,20,0"]);
    expect(await generate()).toEqual({ examined: 4, pending: 1, expired: 1 });
    const renewed = await suggestionOf("LUMPY");
    expect([renewed.id, renewed.quantity]).toEqual([before.id, before.quantity + 10]);
    expect((await suggestions("?status=expired")).map(({ sku }) => sku)).toEqual(["STEADY"]);
  });

  it("is critical where nothing is left to promise", async () => {
    await load("inventory", ["sku,quantity_on_hand,quantity_on_order,quantity_allocated", "EMPTY,4,10,4"]);
    await generate();
    expect((await suggestions()).map(({ sku, urgency }) => [sku, urgency])).toEqual([["EMPTY", "CRITICAL"], ["LUMPY", "MEDIUM"]]);
    const metrics = await app.text("/metrics");
    expect([/^replenishment_recommendations_pending (\d+)$/m, /^replenishment_recommendations_critical (\d+)$/m].map((line) => line.exec(metrics)?.[1])).toEqual(["2", "1"]);
  });

  it("orders what was accepted: stock on order grows, and the ledger and the audit log tell of it", async () => {
    const { id, quantity } = await suggestionOf("EMPTY");
    expect((await decide(id, "order")).body).toMatchObject({ status: 409, detail: "The suggestion is pending; only one that is accepted can be ordered." });
    expect((await decide(id, "accept", { note: "as agreed" })).body).toMatchObject({ status: "accepted", decidedBy: "service", note: "as agreed" });
    // What is accepted is neither repeated nor changed.
    expect(await generate()).toMatchObject({ pending: 1, expired: 0 });
    expect(await suggestionOf("EMPTY", "?status=accepted")).toMatchObject({ id, quantity });
    expect((await decide(id, "order")).body).toMatchObject({ status: "ordered", note: "as agreed" });
    expect(await stockOf("EMPTY")).toMatchObject({ quantityOnHand: 4, quantityOnOrder: 10 + quantity });
    expect((await app.get("/api/transactions?sku=EMPTY")).body["transactions"]).toEqual([expect.objectContaining({ reference: `replenishment-${id}`, type: "order", quantity, onOrderChange: quantity })]);
    const { body } = await app.get(`/api/audit?entity=replenishment-suggestion&entityId=${id}`);
    expect((body["changes"] as { action: string; before: Suggestion; after: Suggestion }[]).map(({ action, before, after }) => [action, before.status, after.status])).toEqual([["order", "accepted", "ordered"], ["accept", "pending", "accepted"]]);
    const { body: ledger } = await app.get(`/api/audit?entity=transaction&entityId=replenishment-${id}`);
    expect(ledger["changes"]).toEqual([expect.objectContaining({ action: "order", before: null, after: expect.objectContaining({ type: "order", quantity, onOrderChange: quantity }) })]);
    for (const decision of ["accept", "reject", "order"]) expect((await decide(id, decision)).status).toBe(409);
    // What is on order is enough now.
    expect(await generate()).toMatchObject({ pending: 1 });
  });

  it("is ordered once when two planners press the button together", async () => {
    const { id, quantity } = await suggestionOf("LUMPY");
    await decide(id, "accept");
    const answers = await Promise.all(Array.from({ length: 4 }, () => decide(id, "order")));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    expect(await stockOf("LUMPY")).toMatchObject({ quantityOnOrder: quantity });
  });

  it("suggests again what was rejected, as long as it is needed", async () => {
    await load("inventory", ["sku,quantity_on_hand", "LUMPY,1"]);
    await generate();
    const first = await suggestionOf("LUMPY");
    expect((await decide(first.id, "reject", { note: "not this year" })).body).toMatchObject({ status: "rejected" });
    expect(await suggestions()).toEqual([]);
    await generate();
    expect((await suggestionOf("LUMPY")).id).not.toBe(first.id);
  });

  it("survives many generations at once with one suggestion for each item", async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => app.send("POST", "/api/replenishment/generate")));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect((await suggestions()).map(({ sku }) => sku)).toEqual(["LUMPY"]);
  });

  it("answers for suggestions that do not exist, and for bodies that say too much", async () => {
    const nobody = "00000000-0000-4000-8000-000000000000";
    expect((await app.get(`/api/replenishment/suggestions/${nobody}`)).status).toBe(404);
    expect((await app.get("/api/replenishment/suggestions/one")).status).toBe(400);
    expect((await decide(nobody, "accept")).status).toBe(404);
    expect((await decide((await suggestionOf("LUMPY")).id, "accept", { quantity: 5 })).status).toBe(400);
  });
});
