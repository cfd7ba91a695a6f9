import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { SERVICE_TOKEN, startTestService, type TestService } from "../test-support/test-service.ts";

interface Stock {
  readonly sku: string;
  readonly facility: string;
  readonly quantityOnHand: number;
  readonly quantityOnOrder: number;
  readonly quantityAllocated: number;
}

describe("the stock", () => {
  let server: TestServer;
  let app: TestService;
  beforeAll(async () => {
    server = await startTestServer();
    app = await startTestService(server, await server.createDatabase());
    expect((await app.post("/api/items/import", "sku,name,unit_cost\nA,Item A,2.5\nB,Item B,\n")).body).toMatchObject({ imported: 2 });
  }, 60_000);
  afterAll(async () => {
    await app.stop();
    await server.remove();
  });

  const send = (json: object) => app.send("POST", "/api/transactions", { json });
  const stock = async (sku: string, facility = "main") => {
    const found = ((await app.get("/api/inventory")).body["inventory"] as Stock[]).find((one) => one.sku === sku && one.facility === facility);
    return found === undefined ? undefined : [found.quantityOnHand, found.quantityOnOrder, found.quantityAllocated];
  };
  const download = async (path: string) => (await fetch(`http://127.0.0.1:${app.service.port}${path}`, { headers: { authorization: `Bearer ${SERVICE_TOKEN}` } })).text();

  it("changes with each transaction, which is kept", async () => {
    const { status, body } = await send({ reference: "PO-1", type: "order", sku: "A", quantity: 20, note: "first" });
    expect([status, body]).toEqual([201, expect.objectContaining({ reference: "PO-1", type: "order", sku: "A", facility: "main", toFacility: null, quantity: 20, onHandChange: 0, onOrderChange: 20, note: "first", actor: "service" })]);
    await send({ reference: "GR-1", type: "receipt", sku: "A", quantity: 15 });
    await send({ reference: "SO-1", type: "allocation", sku: "A", quantity: 4 });
    await send({ reference: "T-1", type: "transfer", sku: "A", quantity: 5, toFacility: "shop" });
    expect([await stock("A"), await stock("A", "shop")]).toEqual([[10, 5, 4], [5, 0, 0]]);
    const { body: listed } = await app.get("/api/transactions?sku=A");
    expect((listed["transactions"] as { reference: string }[]).map(({ reference }) => reference)).toEqual(["T-1", "SO-1", "GR-1", "PO-1"]);
  });

  it("changes once when a transaction is sent twice, also at the same time", async () => {
    const again = await send({ reference: "GR-1", type: "receipt", sku: "A", quantity: 15 });
    expect([again.status, await stock("A")]).toEqual([200, [10, 5, 4]]);
    expect((await send({ reference: "GR-1", type: "receipt", sku: "A", quantity: 16 })).body).toMatchObject({ status: 409, detail: 'The transaction is refused: reference is "GR-1": another transaction has it.' });
    const answers = await Promise.all(Array.from({ length: 5 }, () => send({ reference: "GR-2", type: "receipt", sku: "B", quantity: 1 })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 201]);
    expect(await stock("B")).toEqual([1, 0, 0]);
    const { body: audit } = await app.get("/api/audit?entity=transaction&entityId=GR-2");
    expect((audit["changes"] as { action: string }[]).map(({ action }) => action)).toEqual(["create"]);
  });

  it("adds up when many change it at once", async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => send({ reference: `many-${index}`, type: index % 3 === 0 ? "issue" : "receipt", sku: "B", quantity: index % 3 === 0 ? 1 : 2, facility: index % 2 === 0 ? "main" : "shop" })));
    const changes = answers.flatMap(({ status, body }) => (status === 201 ? [[String(body["facility"]), Number(body["onHandChange"])] as const] : []));
    for (const facility of ["main", "shop"]) expect(await stock("B", facility)).toEqual([changes.reduce((sum, [where, change]) => sum + (where === facility ? change : 0), facility === "main" ? 1 : 0), 0, 0]);
  });

  it("is not changed by a transaction that takes more than there is", async () => {
    const { body } = await send({ reference: "SO-2", type: "issue", sku: "A", quantity: 11 });
    expect(body).toMatchObject({ status: 409, detail: "The transaction is refused: quantity is 11: only 10 is on hand of A at main." });
    expect([await stock("A"), (await app.get("/api/transactions?type=issue&sku=A")).body["transactions"]]).toEqual([[10, 5, 4], []]);
  });

  it("needs transactions that make sense", async () => {
    const sentence = async (json: object) => (await send({ reference: "x", type: "receipt", sku: "A", quantity: 1, ...json })).body["detail"];
    expect(await sentence({ quantity: 0 })).toBe("The field quantity must not be 0.");
    expect(await sentence({ quantity: -1 })).toBe("The field quantity must be above 0 except in an adjustment.");
    expect(await sentence({ type: "transfer" })).toBe("The field toFacility must be given for a transfer.");
    expect(await sentence({ type: "transfer", toFacility: "main" })).toBe("The field toFacility must be another facility.");
    expect(await sentence({ toFacility: "shop" })).toBe("The field toFacility is only for transfers.");
    expect(await sentence({ type: "gift" })).toContain("must be one of order, order-cancellation, receipt");
    expect(await sentence({ sku: "NOTHING" })).toBe('The transaction is refused: sku is "NOTHING": there is no such item.');
    expect(await sentence({ reference: "" })).toBe("The field reference must not be empty.");
  });

  it("takes transactions from a CSV: bad rows are listed, good ones act in their order", async () => {
    const rows = ["reference,type,sku,quantity,facility,to_facility,note,occurred_at", "c1,receipt,A,100,north,,,2024-05-01T08:00:00Z", "c2,issue,A,130,north,,,", "c3,transfer,A,60,north,south,,", "c4,adjustment,A,-10,north,,counted,", "c5,transfer,A,1,north,,,", "c6,receipt,NOTHING,1,north,,,"];
    const { body } = await app.post("/api/transactions/import", rows.join("\n"));
    expect(body).toEqual({
      imported: 3,
      rejected: 3,
      errors: [
        { row: 3, column: "quantity", value: "130", message: "quantity is 130: only 100 is on hand of A at north" },
        { row: 6, column: "to_facility", value: null, message: "to_facility is missing" },
        { row: 7, column: "sku", value: "NOTHING", message: 'sku is "NOTHING": there is no such item' },
      ],
    });
    expect([await stock("A", "north"), await stock("A", "south")]).toEqual([[30, 0, 0], [60, 0, 0]]);
    // Sent again after a correction, only what is new acts.
    expect((await app.post("/api/transactions/import", "reference,type,sku,quantity,facility\nc1,receipt,A,100,north\nc7,receipt,A,1,north\n")).body).toMatchObject({ imported: 2, rejected: 0 });
    expect(await stock("A", "north")).toEqual([31, 0, 0]);
  });

  it("takes the first of several transactions of one reference in a CSV, and refuses others under it", async () => {
    const rows = ["reference,type,sku,quantity,facility,occurred_at", "d1,issue,A,61,south,", "d1,receipt,A,5,south,", "d1,receipt,A,5,south,", "d1,receipt,A,6,south,", "d2,receipt,A,1,south,0000-01-01T00:00:00Z"];
    expect((await app.post("/api/transactions/import", rows.join("\n"))).body).toEqual({
      imported: 2,
      rejected: 3,
      errors: [
        { row: 2, column: "quantity", value: "61", message: "quantity is 61: only 60 is on hand of A at south" },
        { row: 5, column: "reference", value: "d1", message: 'reference is "d1": another transaction has it' },
        { row: 6, column: "occurred_at", value: "0000-01-01T00:00:00Z", message: 'occurred_at is "0000-01-01T00:00:00Z": it must not be before 1900' },
      ],
    });
    expect(await stock("A", "south")).toEqual([65, 0, 0]);
  });

  it("is nothing but the sum of its transactions, wherever they came from", async () => {
    const transactions: { sku: string; facility: string; toFacility: string | null; quantity: number; onHandChange: number }[] = [];
    let cursor = "";
    do {
      const { body } = await app.get(`/api/transactions?limit=7${cursor}`);
      transactions.push(...(body["transactions"] as typeof transactions));
      cursor = typeof body["nextCursor"] === "string" ? `&cursor=${body["nextCursor"]}` : "";
    } while (cursor !== "");
    const sums = new Map<string, number>();
    const add = (sku: string, facility: string, change: number) => sums.set(`${sku} ${facility}`, (sums.get(`${sku} ${facility}`) ?? 0) + change);
    for (const { sku, facility, toFacility, quantity, onHandChange } of transactions) {
      add(sku, facility, onHandChange);
      if (toFacility !== null) add(sku, toFacility, quantity);
    }
    const stored = ((await app.get("/api/inventory")).body["inventory"] as Stock[]).map(({ sku, facility, quantityOnHand }) => [`${sku} ${facility}`, quantityOnHand] as const);
    expect(new Map([...sums].sort())).toEqual(new Map([...stored].sort()));
  });

  it("comes back from exports as it was", async () => {
    const before = [await download("/api/inventory/export"), await download("/api/transactions/export")];
    expect(before[0]?.split("\n")[0]).toBe("sku,facility,quantity_on_hand,quantity_on_order,quantity_allocated");
    expect(before[1]?.split("\n")[0]).toBe("reference,type,sku,quantity,facility,to_facility,note,occurred_at");
    expect((await app.post("/api/inventory/import", before[0])).body).toMatchObject({ rejected: 0 });
    expect((await app.post("/api/transactions/import", before[1])).body).toMatchObject({ rejected: 0 });
    expect([await download("/api/inventory/export"), await download("/api/transactions/export")]).toEqual(before);
  });

  it("is summed up, always as it is now", async () => {
    const summary = async () => (await app.get("/api/inventory/summary")).body;
    const before = await summary();
    const held = ((await app.get("/api/inventory")).body["inventory"] as Stock[]).filter(({ sku }) => sku === "A").reduce((sum, { quantityOnHand }) => sum + quantityOnHand, 0);
    expect(before).toMatchObject({ items: 2, facilities: 4, places: 6, quantityOnOrder: 5, quantityAllocated: 4, valueOnHand: held * 2.5, placesWithoutCost: 2 });
    await send({ reference: "GR-9", type: "receipt", sku: "A", quantity: 10 });
    expect(await summary()).toMatchObject({ quantityOnHand: Number(before["quantityOnHand"]) + 10, valueOnHand: (held + 10) * 2.5 });
    await app.send("PUT", "/api/items/A", { json: { name: "Item A", unitCost: 3 } });
    expect(await summary()).toMatchObject({ valueOnHand: (held + 10) * 3 });
    await app.send("DELETE", "/api/items/B");
    expect(await summary()).toMatchObject({ items: 1, placesWithoutCost: 0 });
  });

  it("is listed from any position, and refuses a cursor of another list", async () => {
    const first = (await app.get("/api/transactions?limit=1")).body;
    expect((await app.get(`/api/transactions?limit=1&cursor=${String(first["nextCursor"])}`)).body["transactions"]).not.toEqual(first["transactions"]);
    const other = (await app.get("/api/inventory?limit=1")).body["nextCursor"];
    expect((await app.get(`/api/transactions?cursor=${String(other)}`)).status).toBe(400);
  });
});
