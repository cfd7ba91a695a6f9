import { join } from "node:path";
import { build } from "esbuild";

/** Contents by file name: main.js, main.css. */
export type PageBundle = ReadonlyMap<string, Uint8Array>;

/** The page for browsers: Grafana's components, React and ours. Takes some seconds. */
export async function bundlePage(): Promise<PageBundle> {
  const { outputFiles } = await build({
    entryPoints: { main: join(import.meta.dirname, "page", "main.tsx") },
    outdir: "/",
    write: false,
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    jsx: "automatic",
    minify: true,
    define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
    // Of an editor that comes along and is never shown.
    loader: { ".ttf": "empty" },
    logLevel: "error",
  });
  return new Map(outputFiles.map(({ path, contents }) => [path.replace(/^\//, ""), contents]));
}
