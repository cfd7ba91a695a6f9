import { cp, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";

// node app/build.mjs: the service as app/dist, which is all that its image holds
// besides Node. The same sources give the same bytes.

const here = import.meta.dirname;
const dist = join(here, "dist");
/** Takes the place of dist when it is whole: what reads dist meanwhile finds the old one. */
const building = `${dist}.building`;
const migrations = join(here, "../migrations");
const piscina = createRequire(import.meta.url).resolve("piscina");

/** What CommonJS packages expect to find, in a bundle of ES modules. */
const banner = [
  'import { createRequire as __createRequire } from "node:module";',
  "const require = __createRequire(import.meta.url);",
  "const __filename = import.meta.filename;",
  "const __dirname = import.meta.dirname;",
].join("\n");

/**
 * Lets what is not imported from a package be left out: the package does not say
 * itself that its modules only define things.
 *
 * @param {string} name
 * @returns {import("esbuild").Plugin}
 */
function shakeable(name) {
  const within = `/node_modules/${name}/`;
  return {
    name: "shakeable",
    setup: (bundle) =>
      bundle.onResolve({ filter: /./ }, async ({ path, pluginData, ...from }) => {
        // What this plugin asks for itself is resolved as usual.
        if (pluginData === within || !(path === name || from.importer.includes(within))) return undefined;
        const resolved = await bundle.resolve(path, { ...from, pluginData: within });
        return resolved.path.includes(within) ? { ...resolved, sideEffects: false } : resolved;
      }),
  };
}

await rm(building, { recursive: true, force: true });
await build({
  // Comments in the output name files relative to here, wherever it is started.
  absWorkingDir: join(here, ".."),
  entryPoints: {
    main: join(here, "src/main.ts"),
    "forecast-thread": join(here, "src/runs/forecast-thread.ts"),
    // Piscina starts its threads from a file of this name beside itself, which is the bundle.
    worker: join(piscina, "../worker.js"),
  },
  outdir: building,
  bundle: true,
  // A chunk for what only some roles load.
  splitting: true,
  plugins: [shakeable("@kubernetes/client-node")],
  platform: "node",
  target: "node24",
  format: "esm",
  banner: { js: banner },
  minifySyntax: true,
  keepNames: true,
  legalComments: "none",
  sourcemap: false,
  logLevel: "warning",
  // Optional parts that packages try and do without; bundled or not by what else happens to be installed, they would change the bytes.
  external: ["pg-native", "@napi-rs/nice", "supports-color"],
});
await writeFile(join(building, "package.json"), `${JSON.stringify({ type: "module" })}\n`);
await mkdir(join(building, "migrations"));
for (const file of (await readdir(migrations)).filter((name) => /^[VU].*\.sql$/.test(name)).sort()) await cp(join(migrations, file), join(building, "migrations", file));
await cp(join(here, "src/api/schema.graphql"), join(building, "schema.graphql"));
// What the page at /api/docs loads.
const swaggerUi = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
await mkdir(join(building, "swagger-ui"));
for (const file of ["swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png", "LICENSE", "NOTICE"]) await cp(join(swaggerUi, file), join(building, "swagger-ui", file));
const { writeSampleCsv } = await import("./sample/write-sample-csv.ts");
await writeSampleCsv(join(building, "sample"));
await rm(dist, { recursive: true, force: true });
await rename(building, dist);
