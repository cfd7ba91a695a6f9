import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { SMTPServer } from "smtp-server";
import { eventually } from "../test-support/eventually.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { startTestService, type TestService } from "../test-support/test-service.ts";

/** A mail as the server got it, its content decoded. */
interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

/** A mail server that takes everything, or refuses everything while told to. */
async function startMailServer(): Promise<{ url: string; mails: Received[]; refuse: (yes: boolean) => void; stop: () => Promise<void> }> {
  const mails: Received[] = [];
  let refusing = false;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onAuth: ({ username, password }, _session, done) => {
      if (username === "mailer" && password === "of the tests") done(null, { user: username });
      else done(new Error("wrong password"));
    },
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        if (refusing) {
          done(new Error("the disk of the mail server is full"));
          return;
        }
        mails.push({ from: envelope.mailFrom === false ? "" : envelope.mailFrom.address, to: envelope.rcptTo.map(({ address }) => address), text: decoded(Buffer.concat(chunks).toString("utf8")) });
        done();
      });
    },
  });
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  const { port } = server.server.address() as AddressInfo;
  return { url: `smtp://mailer:of%20the%20tests@127.0.0.1:${port}?ignoreTLS=true`, mails, refuse: (yes) => (refusing = yes), stop: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Folded headers, soft line ends and =XX of quoted-printable undone, which is all that these mails need. */
function decoded(mail: string): string {
  const bytes = mail.replace(/\r\n (?=\S)/g, " ").replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

describe("the daily report", () => {
  let server: TestServer;
  let app: TestService;
  let mail: Awaited<ReturnType<typeof startMailServer>>;

  beforeAll(async () => {
    [server, mail] = await Promise.all([startTestServer(), startMailServer()]);
    app = await startTestService(server, await server.createDatabase(), "api+worker", { SMTP_URL: mail.url, MAIL_FROM: "forecasts@example.com", REPORT_TO: "planner@example.com, buyer@example.com", MAPE_THRESHOLD: "5", MAX_HIGH_VARIANCE_ITEMS_ALLOWED: "1" });
    // Demand that no model can know, and demand that every model knows.
    const noise = (index: number) => [3, 90, 14, 61, 7, 120, 33, 2, 77, 48, 5][(index * 7 + (index % 5) * 3) % 11] ?? 1;
    const days = Array.from({ length: 150 }, (_, index) => new Date(Date.UTC(2024, 0, 1 + index)).toISOString().slice(0, 10));
    await app.post("/api/items/import", "sku,name\nWILD,Wild <b>item</b>\nWILD&CO,Another\nCALM,Calm\n");
    const rows = days.flatMap((day, index) => [`WILD,${day},${noise(index)}`, `WILD&CO,${day},${noise(index + 4)}`, `CALM,${day},50`]);
    await app.post("/api/demand/import", `sku,date,quantity\n${rows.join("\n")}\n`);
    await app.run();
  }, 90_000);
  afterAll(async () => {
    await app.stop();
    await mail.stop();
    await server.remove();
  });

  const mailNumber = (index: number) => {
    const received = mail.mails[index];
    return received === undefined ? Promise.reject(new Error("no mail has come")) : Promise.resolve(received);
  };

  it("says what the run gave, as data", async () => {
    const { status, body } = await app.get("/api/reports/daily");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      tenant: "default",
      mapeThreshold: 5,
      runs: [{ status: "completed", items: 3, asOf: "2024-05-29", highVarianceItems: 2, outlierItems: 2 }],
      highVariance: { count: 2, allowed: 1, abovePercent: 7.5 },
      replenishment: { pending: 0, critical: 0, mostUrgent: [] },
    });
    const { items } = body["highVariance"] as { items: { sku: string }[] };
    expect(items.map(({ sku }) => sku).sort()).toEqual(["WILD", "WILD&CO"]);
  });

  it("is mailed to everybody who gets it, as text and as HTML that no name can break", async () => {
    expect((await app.send("POST", "/api/reports/daily/send")).status).toBe(202);
    const report = await eventually(() => mailNumber(0));
    expect(report).toMatchObject({ from: "forecasts@example.com", to: ["planner@example.com", "buyer@example.com"] });
    expect(report.text).toMatch(/^Subject: Forecast report: MAPE [\d.]+ %, above the target of 5 %, 2 items of high variance\r$/m);
    expect(report.text).toContain("2 items have a MAPE above 7.5 %, more than the 1 that are allowed:");
    expect(report.text).toContain("<h2 style=\"font-size:15px;margin:24px 0 4px\">High Variance Items</h2>");
    expect(report.text).toContain("WILD&amp;CO");
    expect(await app.text("/metrics")).toContain('daily_reports_total{outcome="sent"} 1');
  });

  it("is sent again when the mail server did not take it", async () => {
    mail.refuse(true);
    const before = mail.mails.length;
    await app.send("POST", "/api/reports/daily/send");
    await eventually(async () => expect(await app.text("/metrics")).toContain('daily_reports_total{outcome="failed"} 1'));
    mail.refuse(false);
    await eventually(() => mailNumber(before), 40_000);
  }, 60_000);

  it("goes out at its time to every tenant's report, once", async () => {
    const before = mail.mails.length;
    const times = await server.query(app.database, "SELECT cron FROM pgboss.schedule WHERE name = 'report-daily'");
    expect(times).toEqual([{ cron: "20 2 * * *" }]);
    await server.query(app.database, "INSERT INTO tenants (tenant_id, name) VALUES ('second', 'Second')");
    await server.query(app.database, "INSERT INTO pgboss.job (name, data) VALUES ('report-daily', '{}')");
    await eventually(() => mailNumber(before + 1));
    expect(mail.mails.slice(before).map(({ text }) => /Tenant (\w+),/.exec(text)?.[1]).sort()).toEqual(["default", "second"]);
  }, 60_000);

  it("is refused while there is nobody to send it to", async () => {
    const silent = await startTestService(server, app.database, "api");
    try {
      const { status, body } = await silent.send("POST", "/api/reports/daily/send");
      expect([status, body["detail"]]).toEqual([409, "No mail can be sent: set SMTP_URL and REPORT_TO first."]);
    } finally {
      await silent.stop();
    }
  }, 60_000);

  it("shares its mail server with password resets, whose token sets a password once", async () => {
    const before = mail.mails.length;
    const password = "the first password of ann";
    await app.send("POST", "/api/auth/users", { json: { email: "ann@example.com", password, role: "viewer" } });
    await app.send("POST", "/api/auth/password-reset/request", { token: null, json: { email: "ann@example.com" } });
    const { to, text } = await eventually(() => mailNumber(before));
    expect(to).toEqual(["ann@example.com"]);
    const token = /<code>([^<]+)<\/code>/.exec(text)?.[1] ?? "";
    const confirm = () => app.send("POST", "/api/auth/password-reset/confirm", { token: null, json: { token, password: "the second password of ann" } });
    expect((await confirm()).status).toBe(204);
    expect((await confirm()).status).toBe(400);
    expect((await app.send("POST", "/api/auth/login", { token: null, json: { email: "ann@example.com", password: "the second password of ann" } })).status).toBe(200);
  }, 60_000);
});
