import { once } from "node:events";
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type DashboardJson, dashboardFiles } from "@forecast-stack/dashboards/dashboard-json.ts";
import { bundlePage } from "@forecast-stack/dashboards/viewer/bundle.ts";
import { createViewer } from "@forecast-stack/dashboards/viewer/server.ts";
import type { Browser } from "puppeteer-core";
import { step } from "../progress.ts";
import { startBrowser } from "./browser.ts";
import { findPrometheus, NoPrometheusError } from "./find-prometheus.ts";

const HELP = `npm run dashboards:screenshots [-- OPTION...]

Draws every dashboard in a real Chromium and keeps a picture of each in
docs/images/dashboards/.

  --stack NAME       whose dashboards, in the embedded cluster (default: dev)
  --prometheus URL   any other Prometheus instead
  --from WINDOW      how far back all of them look, such as now-1h (default: each its own window)
  --out FOLDER       where the pictures go

Exit codes: 0 all pictures made, 64 wrong option, 69 no Prometheus, 1 anything else.
`;

const options = { stack: { type: "string", default: "dev" }, prometheus: { type: "string" }, from: { type: "string" }, out: { type: "string", default: join(import.meta.dirname, "..", "..", "docs", "images", "dashboards") }, help: { type: "boolean", default: false } } as const;
const WIDTH = 1440;
const DRAWING = 60_000;

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  if (values.help) return void process.stdout.write(HELP);
  const prometheus = await findPrometheus(values.stack, values.prometheus);
  const server = createViewer(prometheus, await step("Page bundled", bundlePage));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const query = new URLSearchParams({ "var-namespace": `forecast-${values.stack}`, ...(values.from === undefined ? {} : { from: values.from }) });
  const scratch = await mkdtemp(join(tmpdir(), "forecast-screenshots-"));
  await mkdir(values.out, { recursive: true });
  try {
    const browser = await step("Chromium ready", (note) => startBrowser(scratch, note));
    try {
      for (const [file, dashboard] of dashboardFiles()) {
        const picture = join(values.out, file.replace(/\.json$/, ".png"));
        await step(dashboard.title, async () => {
          await photograph(browser, `${origin}/d/${dashboard.uid}?${query.toString()}`, dashboard, picture);
          return `${Math.ceil((await stat(picture)).size / 1024)} KB`;
        });
      }
    } finally {
      await browser.close();
    }
  } finally {
    server.close();
    server.closeAllConnections();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Opens a dashboard, waits until each of its panels has drawn, and takes the whole page. */
async function photograph(browser: Browser, url: string, { uid }: DashboardJson, picture: string): Promise<void> {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error instanceof Error ? error.message : String(error)));
  await page.setViewport({ width: WIDTH, height: 900 });
  await page.goto(url);
  try {
    await page.waitForSelector(`body[data-drawn="${uid}"]`, { timeout: DRAWING });
  } catch (error) {
    throw new Error(`The dashboard ${uid} was not drawn within ${DRAWING / 1000} s. ${problems.join(" ")}`, { cause: error });
  }
  const refused = await page.$$eval(".problem", (elements) => elements.map(({ textContent }) => textContent));
  if (refused.length > 0) throw new Error(`The dashboard ${uid} has panels that do not draw: ${refused.join("; ")}`);
  // A window as high as the page: a picture beyond the window would make the page lay itself out anew while it is taken.
  await page.setViewport({ width: WIDTH, height: await page.evaluate(() => document.documentElement.scrollHeight) });
  await page.waitForNetworkIdle({ idleTime: 500 });
  await page.screenshot({ path: picture });
  await page.close();
}

main().catch((error: unknown) => {
  if (!(error instanceof Error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof NoPrometheusError ? 69 : error instanceof TypeError ? 64 : 1;
});
