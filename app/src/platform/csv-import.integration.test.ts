import { connect } from "node:net";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { asSuperuser } from "../../embedded/provision.ts";
import { eventually } from "../test-support/eventually.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { SERVICE_TOKEN, startTestService, type TestService } from "../test-support/test-service.ts";

describe("CSV imports", () => {
  let server: TestServer;
  let database: string;
  let api: TestService;
  beforeAll(async () => {
    server = await startTestServer();
    database = await server.createDatabase();
    api = await startTestService(server, database, "api", { IMPORT_MAX_BYTES: "200000", IMPORT_MAX_ERRORS: "3", LOG_LEVEL: "error" });
  }, 60_000);
  afterAll(async () => {
    await api.stop();
    await server.remove();
  });

  const rows = async (sql: string) => asSuperuser(server.superuser, database, async (client) => (await client.query<Record<string, unknown>>(sql)).rows);
  const count = async (table: string) => Number((await rows(`SELECT count(*) AS n FROM ${table}`))[0]?.["n"]);

  it("takes the good rows and lists the bad ones with row, column, value and reason", async () => {
    const { status, body } = await api.post("/api/items/import", 'sku,name,demand_period\nA-1,Apple,day\nA-2,Pear,week\n,No sku,day\nA-3,"Plum, blue",month\nA-4\n');
    expect(status).toBe(200);
    expect(body).toEqual({
      imported: 2,
      rejected: 3,
      errors: [
        { row: 3, column: "demand_period", value: "week", message: 'demand_period is "week": it must be day or month' },
        { row: 4, column: "sku", value: null, message: "sku is missing" },
        { row: 6, column: null, value: null, message: "has 1 cells, the header 3" },
      ],
    });
    expect(await rows("SELECT sku, name, demand_period FROM items ORDER BY sku")).toEqual([
      { sku: "A-1", name: "Apple", demand_period: "day" },
      { sku: "A-3", name: "Plum, blue", demand_period: "month" },
    ]);
  });

  it("checks stock and demand against the items and their own rules", async () => {
    const inventory = await api.post("/api/inventory/import", "sku,quantity_on_hand\nA-1,12.5\nNOPE,3\nA-3,-1\n");
    expect(inventory.body).toEqual({
      imported: 1,
      rejected: 2,
      errors: [
        { row: 3, column: "sku", value: "NOPE", message: 'sku is "NOPE": there is no such item' },
        { row: 4, column: "quantity_on_hand", value: "-1", message: 'quantity_on_hand is "-1": it must be a number that is not negative, like 12 or 0.5' },
      ],
    });
    const demand = await api.post("/api/demand/import", "sku,date,quantity\nA-1,2024-02-29,1\nA-1,2023-02-29,1\nA-1,2999-01-01,1\nA-1,2024-03-01,1e400\n");
    expect(demand.body).toMatchObject({ imported: 1, rejected: 3 });
    expect((demand.body["errors"] as { message: string }[]).map(({ message }) => message)).toEqual([
      'date is "2023-02-29": it must be a day like 2024-07-01',
      'date is "2999-01-01": it must not lie in the future',
      'quantity is "1e400": it must be a number that is not negative, like 12 or 0.5',
    ]);
  });

  it("changes nothing when the same file comes again, and updates what changed", async () => {
    const file = "sku,name,category,unit\nB-1,First,tools,box\nB-2,Second,,\n";
    await api.post("/api/items/import", file);
    const before = await count("items");
    expect((await api.post("/api/items/import", file)).body).toMatchObject({ imported: 2, rejected: 0 });
    await api.post("/api/items/import", "sku,name\nB-1,Renamed\n");
    expect(await count("items")).toBe(before);
    expect(await rows("SELECT name, category, unit FROM items WHERE sku = 'B-1'")).toEqual([{ name: "Renamed", category: "tools", unit: "box" }]);
  });

  it("takes the last of several rows for the same day, and a facility that had no stock yet", async () => {
    await api.post("/api/demand/import", "sku,facility,date,quantity\nB-1,north,2024-01-01,1\nB-1,north,2024-01-01,7\n");
    expect(await rows("SELECT quantity FROM demand_history WHERE facility_id = 'north'")).toEqual([{ quantity: 7 }]);
    expect(await rows("SELECT quantity_on_hand FROM inventory WHERE facility_id = 'north'")).toEqual([{ quantity_on_hand: 0 }]);
  });

  it("shows new rows at once in lists that were cached", async () => {
    await api.get("/api/items?limit=200");
    await api.post("/api/items/import", "sku,name\nC-1,New\n");
    const { body } = await api.get("/api/items?limit=200");
    expect((body["items"] as { sku: string }[]).map(({ sku }) => sku)).toContain("C-1");
  });

  it("counts all rejected rows but lists only so many", async () => {
    const { body } = await api.post("/api/items/import", `sku,name\n${",x\n".repeat(10)}`);
    expect(body).toMatchObject({ imported: 0, rejected: 10 });
    expect(body["errors"]).toHaveLength(3);
  });

  it.each([
    ["a wrong header", "sku,nmae\nA,B\n", "The header is wrong: it lacks name and it has nmae. Allowed are sku, name, category, unit, demand_period, active, unit_cost, ordering_cost, holding_cost_rate, lead_time_days, lead_time_std_days, minimum_order_quantity, pack_size, service_level, supplier, each once; sku, name must be there."],
    ["no header", "", "The file is empty; its first line must name the columns sku, name."],
    ["a quote that is never closed", 'sku,name\nGOOD,Good\nX,"open\n', "Nothing was imported."],
  ])("refuses a file with %s and imports nothing of it", async (_what, file, message) => {
    const before = await count("items");
    const { status, body, headers } = await api.post("/api/items/import", file);
    expect(status).toBe(400);
    expect(headers.get("content-type")).toContain("application/problem+json");
    expect(body["detail"]).toContain(message);
    expect(body["requestId"]).toBe(headers.get("x-request-id"));
    expect(await count("items")).toBe(before);
  });

  it("imports nothing of a file that is too large", async () => {
    const before = await count("items");
    const large = `sku,name\n${Array.from({ length: 20_000 }, (_, index) => `L-${index},Large\n`).join("")}`;
    const { status, body } = await api.post("/api/items/import", large);
    expect(status).toBe(413);
    expect(body["detail"]).toBe("The file has more than 200000 bytes. Nothing was imported.");
    expect(await count("items")).toBe(before);
  });

  it("imports nothing of an upload that breaks off", async () => {
    const before = await count("items");
    const socket = connect(api.service.port, "127.0.0.1");
    await once(socket, "connect");
    const part = Array.from({ length: 5_000 }, (_, index) => `H-${index},Half\n`).join("");
    socket.write(`POST /api/items/import HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ${SERVICE_TOKEN}\r\nContent-Type: text/csv\r\nContent-Length: 150000\r\n\r\nsku,name\n${part}`);
    // Only when the transaction has rows is there something that could stay behind.
    await eventually(async () => {
      const [activity] = await rows("SELECT count(*)::int AS n FROM pg_stat_activity WHERE state = 'idle in transaction' AND query LIKE '%INTO audit_log%'");
      if (activity?.["n"] === 0) throw new Error("nothing has been stored yet");
    });
    socket.destroy();
    await eventually(async () => {
      const text = await api.text("/metrics");
      if (!/import_duration_seconds_count\{kind="items",outcome="rolled-back"\} [1-9]/.test(text)) throw new Error("the import goes on");
      const [activity] = await rows("SELECT count(*)::int AS n FROM pg_stat_activity WHERE state = 'idle in transaction'");
      if (activity?.["n"] !== 0) throw new Error("the transaction is open");
    });
    expect(await count("items")).toBe(before);
    // The caller went away; nothing of the service is broken.
    expect(api.logged).toEqual([]);
  });

  it("wants the token and the right media type", async () => {
    expect((await api.post("/api/items/import", "sku,name\n", { authorization: "" })).status).toBe(401);
    expect((await api.post("/api/items/import", "sku,name\n", { authorization: `Bearer ${SERVICE_TOKEN}x` })).status).toBe(401);
    expect((await api.post("/api/items/import", "{}", { "content-type": "application/json" })).status).toBe(415);
  });
});
