import { cp, mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { serviceImage } from "./service-image.ts";
import { repository } from "./test-stack.ts";

const source = join(repository, "app", "src", "forecasting", "item-forecast.ts");
/** How the product makes the hybrid variant of an item, and how the worse one does: the regular model, every point of it too large by the same share. */
const product = "const variants = { regular: byRegular, hybrid: hybrid === regular ? byRegular : variant(hybrid) };";
const worse = (bias: number) => `
  const scaled = (fit) => (history) => { const fitted = fit(history); return { ...fitted, points: (periods) => fitted.points(periods).map((value) => value * ${bias}) }; };
  const biased = { ...models[regular], estimate: (history) => scaled(models[regular].estimate(history)) };
  const variants = { regular: byRegular, hybrid: forecastBy(biased, series, horizon, undefined, plan, seasonLength) };`;

/**
 * An image of the service whose hybrid variant is worse on purpose: the regular
 * forecast times `bias`. Only what its threads compute is another one.
 *
 * @returns the image's reference
 */
export async function biasedService(bias: number): Promise<string> {
  const text = await readFile(source, "utf8");
  if (!text.includes(product)) throw new Error(`${source} makes its variants in another way than this test changes.`);
  const folder = await mkdtemp(join(tmpdir(), "biased-service-"));
  await cp(join(repository, "app", "dist"), folder, { recursive: true });
  await build({
    entryPoints: { "forecast-thread": join(repository, "app", "src", "runs", "forecast-thread.ts") },
    outdir: folder,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    logLevel: "warning",
    plugins: [
      {
        name: "worse",
        setup: (building) => {
          building.onLoad({ filter: /item-forecast\.ts$/ }, () => ({ contents: text.replace(product, worse(bias)), loader: "ts" }));
        },
      },
    ],
  });
  return serviceImage(folder);
}
