import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { asSuperuser } from "../../embedded/provision.ts";
import { createToken } from "../auth/opaque-token.ts";
import { eventually } from "../test-support/eventually.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { startTestService, type TestService } from "../test-support/test-service.ts";

interface Entry {
  readonly id: string;
  readonly actor: string;
  readonly actorKind: string;
  readonly action: string;
  readonly entity: string;
  readonly entityId: string;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
  readonly requestId: string;
}

describe("the audit log of an import", () => {
  let server: TestServer;
  let app: TestService;
  const other = createToken("service", "second");
  beforeAll(async () => {
    server = await startTestServer();
    app = await startTestService(server, await server.createDatabase(), "api");
    await server.query(app.database, `
      INSERT INTO tenants (tenant_id, name) VALUES ('second', 'Second');
      INSERT INTO service_tokens (tenant_id, name, token_hash, role, created_by) VALUES ('second', 'importer', '\\x${other.hash.toString("hex")}', 'admin', 'a')`);
    await load("items", ["sku,name", "A,Item A", "B,Item B", "C,Item C"]);
  }, 60_000);
  afterAll(async () => {
    await app.stop();
    await server.remove();
  });

  /** Imports a file that has no bad row; gives the request's id. */
  const load = async (kind: string, rows: readonly string[], headers: Record<string, string> = {}) => {
    const { body, headers: answered } = await app.post(`/api/${kind}/import`, rows.join("\n"), headers);
    expect(body).toMatchObject({ imported: rows.length - 1, rejected: 0 });
    return String(answered.get("x-request-id"));
  };
  /** Entries, the oldest first, of one kind of thing or of one thing. */
  const entries = async (entity: string, entityId?: string, token?: string) => {
    const { body } = await app.send("GET", `/api/audit?limit=200&entity=${entity}${entityId === undefined ? "" : `&entityId=${encodeURIComponent(entityId)}`}`, token === undefined ? {} : { token });
    return (body["changes"] as Entry[]).reverse();
  };
  /** What the requests with these ids changed, as [thing, before, after]. */
  const changesBy = async (entity: string, ...requestIds: string[]) => (await entries(entity)).filter(({ requestId }) => requestIds.includes(requestId)).map(({ entityId, before, after }) => [entityId, before, after]);
  const entryCount = async () => Number((await server.query(app.database, "SELECT count(*) AS n FROM audit_log"))[0]?.["n"]);

  it("tells who did it in which request, and how many rows there were", async () => {
    const requestId = await load("items", ["sku,name", "WHO-1,First", "WHO-2,Second"]);
    const [first] = await entries("item", "WHO-1");
    expect(first).toMatchObject({ actor: "service", actorKind: "service", action: "import", requestId, before: null });
    expect(await entries("items", requestId)).toEqual([expect.objectContaining({ actor: "service", action: "import", requestId, before: null, after: { imported: 2, rejected: 0 } })]);
  });

  it("shows imports and edits of an item in one history, each as the API shows the item", async () => {
    await load("items", ["sku,name,category,lead_time_days", "ONE,First,tools,7"]);
    const first = (await app.get("/api/items/ONE")).body;
    await load("items", ["sku,name,unit_cost", "ONE,Second,2.5"]);
    const second = (await app.get("/api/items/ONE")).body;
    expect(second).toMatchObject({ name: "Second", category: "tools", leadTimeDays: 7, unitCost: 2.5 });
    const { body: third } = await app.send("PUT", "/api/items/ONE", { json: { name: "Third" } });
    expect((await entries("item", "ONE")).map(({ action, before, after }) => [action, before, after])).toEqual([["import", null, first], ["import", first, second], ["update", second, third]]);
  });

  it("has no entry for an item that stays as it is, nor is it called updated", async () => {
    const rows = ["sku,name,category,pack_size", "SAME,Same,tools,0.1", "ELSE,Before,,"];
    await load("items", rows);
    const before = (await app.get("/api/items/SAME")).body;
    const requestId = await load("items", [...rows.slice(0, 2), "ELSE,After,,", "NEW,New,,"]);
    expect((await changesBy("item", requestId)).map(([sku]) => sku).sort()).toEqual(["ELSE", "NEW"]);
    expect((await app.get("/api/items/SAME")).body).toEqual(before);
  });

  it("tells what the stock of each place was and is, and of no place that stays as it is", async () => {
    const stock = (sku: string, facility: string, quantityOnHand: number, quantityOnOrder = 0, quantityAllocated = 0) => ({ sku, facility, quantityOnHand, quantityOnOrder, quantityAllocated });
    const first = await load("inventory", ["sku,facility,quantity_on_hand,quantity_on_order,quantity_allocated", "A,north,1,2,3", "A,south,4,,", "B,north,0,,"]);
    expect(await changesBy("stock", first)).toEqual([["A@north", null, stock("A", "north", 1, 2, 3)], ["A@south", null, stock("A", "south", 4)], ["B@north", null, stock("B", "north", 0)]]);
    const second = await load("inventory", ["sku,facility,quantity_on_hand,quantity_on_order", "A,north,1,2", "A,south,4,0", "B,south,0.1,0"]);
    expect(await changesBy("stock", second)).toEqual([["A@north", stock("A", "north", 1, 2, 3), stock("A", "north", 1, 2)], ["B@south", null, stock("B", "south", 0.1)]]);
    expect(await entries("inventory")).toHaveLength(2);
  });

  it("tells of each transaction as the ledger has it, and of none that was known", async () => {
    const rows = ["reference,type,sku,quantity,facility,note", "t1,receipt,A,100,east,first", "t2,issue,A,40,east,"];
    const first = await load("transactions", rows);
    const { body } = await app.get("/api/transactions?facility=east");
    const [t2, t1] = body["transactions"] as object[];
    expect(await changesBy("transaction", first)).toEqual([["t1", null, t1], ["t2", null, t2]]);
    const second = await load("transactions", [...rows, "t3,issue,A,60,east,"]);
    expect((await changesBy("transaction", second)).map(([reference]) => reference)).toEqual(["t3"]);
  });

  it("tells of each series which days became what, and of no day that stays as it is", async () => {
    const first = await load("demand", ["sku,facility,date,quantity", "A,shop,2024-01-02,2.5", "B,shop,2024-01-01,7", "A,shop,2024-01-01,1"]);
    expect(await changesBy("demand-series", first)).toEqual([["A@shop", null, { "2024-01-01": 1, "2024-01-02": 2.5 }], ["B@shop", null, { "2024-01-01": 7 }]]);
    const second = await load("demand", ["sku,facility,date,quantity", "A,shop,2024-01-01,1", "A,shop,2024-01-02,0", "A,shop,2024-01-03,3", "B,shop,2024-01-01,7"]);
    expect(await changesBy("demand-series", second)).toEqual([["A@shop", { "2024-01-02": 2.5 }, { "2024-01-02": 0, "2024-01-03": 3 }]]);
  });

  it("tells of the places that demand makes stocked", async () => {
    const requestId = await load("demand", ["sku,facility,date,quantity", "C,new-place,2024-01-01,1", "C,new-place,2024-01-02,1"]);
    expect(await changesBy("stock", requestId)).toEqual([["C@new-place", null, { sku: "C", facility: "new-place", quantityOnHand: 0, quantityOnOrder: 0, quantityAllocated: 0 }]]);
    expect(await changesBy("stock", await load("demand", ["sku,facility,date,quantity", "C,new-place,2024-01-03,1"]))).toEqual([]);
  });

  it("has one entry for the demand of a series, wherever in a long file its days are", async () => {
    const days = Array.from({ length: 1_500 }, (_, day) => new Date(Date.UTC(2019, 0, 1 + day)).toISOString().slice(0, 10));
    const file = ["sku,facility,date,quantity", "A,long,2024-01-01,1", "A,long,2024-01-02,5", ...days.map((date) => `B,long,${date},1`), "A,long,2024-01-01,9", "A,long,2024-01-03,3"];
    const first = await load("demand", file);
    const [ofA, ...ofB] = await changesBy("demand-series", first);
    expect(ofA).toEqual(["A@long", null, { "2024-01-01": 9, "2024-01-02": 5, "2024-01-03": 3 }]);
    // No entry grows without bounds: the next days are in another one.
    expect(ofB.map(([, , after]) => Object.keys(after ?? {}))).toEqual([days.slice(0, 1_000), days.slice(1_000)]);
    // What the end of the file takes back is no change.
    const second = await load("demand", ["sku,facility,date,quantity", "A,long,2024-01-01,4", "A,long,2024-01-02,4", ...days.map((date) => `B,long,${date},1`), "A,long,2024-01-01,9", "A,long,2024-01-02,6"]);
    expect(await changesBy("demand-series", second)).toEqual([["A@long", { "2024-01-02": 5 }, { "2024-01-02": 6 }]]);
  });

  it.each([
    ["items", "sku,name", (row: number) => `LOST-${row},Lost`],
    ["inventory", "sku,facility,quantity_on_hand", (row: number) => `A,lost-${row},1`],
    ["demand", "sku,facility,date,quantity", (row: number) => `A,lost-${row},2024-01-01,1`],
    ["transactions", "reference,type,sku,quantity,facility", (row: number) => `lost-${row},receipt,A,1,lost`],
  ])("is empty when a file of %s is refused after its first rows were stored", async (kind, header, row) => {
    const before = await entryCount();
    const { status } = await app.post(`/api/${kind}/import`, [header, ...Array.from({ length: 2_500 }, (_, index) => row(index)), '"never closed'].join("\n"));
    expect([status, await entryCount()]).toEqual([400, before]);
  });

  it.each([
    ["items", ["sku,name", "A,Imported"], "UPDATE items SET name = 'Committed' WHERE sku = 'A'", "item", "A", { name: "Committed" }],
    ["items", ["sku,name", "RACE,Imported"], "INSERT INTO items (tenant_id, sku, name) VALUES ('default', 'RACE', 'Committed')", "item", "RACE", { name: "Committed" }],
    ["inventory", ["sku,facility,quantity_on_hand", "C,race,5"], "INSERT INTO inventory (tenant_id, facility_id, material_id, quantity_on_hand) SELECT tenant_id, 'race', material_id, 3 FROM items WHERE sku = 'C'", "stock", "C@race", { quantityOnHand: 3 }],
    ["inventory", ["sku,facility,quantity_on_hand", "C,race,6"], "UPDATE inventory SET quantity_on_hand = 4 WHERE facility_id = 'race'", "stock", "C@race", { quantityOnHand: 4 }],
    ["demand", ["sku,facility,date,quantity", "C,race,2024-01-01,5"], "INSERT INTO demand_history (tenant_id, facility_id, material_id, demand_date, quantity) SELECT tenant_id, 'race', material_id, '2024-01-01', 3 FROM items WHERE sku = 'C'", "demand-series", "C@race", { "2024-01-01": 3 }],
    ["demand", ["sku,facility,date,quantity", "C,race,2024-01-01,6"], "UPDATE demand_history SET quantity = 4 WHERE facility_id = 'race'", "demand-series", "C@race", { "2024-01-01": 4 }],
  ])("of %s tells what was there when it was replaced, not when the import began (%#)", async (kind, rows, change, entity, entityId, before) => {
    const requestId = await asSuperuser(server.superuser, app.database, async (client) => {
      await client.query("BEGIN");
      await client.query(change);
      const importing = load(kind, rows);
      await eventually(async () => {
        const [waiting] = await server.query(app.database, "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
        if (waiting?.["n"] === 0) throw new Error("the import does not wait yet");
      });
      await client.query("COMMIT");
      return importing;
    });
    const entry = (await entries(entity, entityId)).find((one) => one.requestId === requestId);
    expect(entry?.before).toMatchObject(before);
  });

  it.each([
    ["items", "sku,name", "item", (key: number, value: number) => `TWO-${key},Name ${value}`],
    ["inventory", "sku,facility,quantity_on_hand", "stock", (key: number, value: number) => `A,two-${key},${value}`],
    ["demand", "sku,facility,date,quantity", "demand-series", (key: number, value: number) => `A,two-${key},2024-01-01,${value}`],
  ])("of two files of %s at the same time, one upside down, follows the one after the other", async (kind, header, entity, row) => {
    const keys = Array.from({ length: 300 }, (_, key) => key);
    await load(kind, [header, ...keys.filter((key) => key % 2 === 0).map((key) => row(key, 1))]);
    await Promise.all([load(kind, [header, ...keys.map((key) => row(key, 2))]), load(kind, [header, ...keys.toReversed().map((key) => row(key, 3))])]);
    const changes = await server.query(app.database, `SELECT entity_id, before, after, request_id FROM audit_log WHERE entity = '${entity}' AND entity_id ILIKE '%two-%' ORDER BY audit_id`);
    const histories = [...Map.groupBy(changes, (change) => change["entity_id"]).values()];
    expect(histories.map(({ length }) => length).sort()).toEqual(keys.map((key) => (key % 2 === 0 ? 3 : 2)).sort());
    for (const history of histories) expect(history.map(({ before }) => before)).toEqual([null, ...history.slice(0, -1).map(({ after }) => after)]);
    expect(new Set(histories.map((history) => history.at(-1)?.["request_id"])).size).toBe(1);
  });

  it("is seen by its own tenant alone", async () => {
    const token = { authorization: `Bearer ${other.token}` };
    await load("items", ["sku,name", "A,Item of the second"], token);
    await load("inventory", ["sku,facility,quantity_on_hand", "A,north,77"], token);
    await load("demand", ["sku,facility,date,quantity", "A,shop,2024-01-01,77"], token);
    await load("transactions", ["reference,type,sku,quantity", "t1,receipt,A,77"], token);
    for (const [entity, entityId] of [["item", "A"], ["stock", "A@north"], ["demand-series", "A@shop"], ["transaction", "t1"]] as const) {
      expect((await entries(entity, entityId, other.token)).map(({ actor, before }) => [actor, before])).toEqual([["importer", null]]);
      expect(new Set((await entries(entity, entityId)).map(({ actor }) => actor))).toEqual(new Set(["service"]));
    }
  });
});
