import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, launch } from "puppeteer-core";
import { ensurePackageSet } from "../packages/ensure-packages.ts";
import { nodeSet, type PackageSet } from "../packages/node-programs.ts";
import { paths } from "../paths.ts";

/** A Chromium without windows, and the fonts that pages are set in. */
const browserSet: PackageSet = { request: { packages: ["chromium-headless-shell", "fonts-liberation"], assumed: nodeSet.request.assumed }, programs: [], unused: nodeSet.unused };

/**
 * Starts Debian's Chromium, fetched once like the node's programs, with fonts
 * of its own: a page looks the same on every machine.
 *
 * @param scratch an empty directory that outlives the browser
 * @throws when its packages cannot be fetched
 */
export async function startBrowser(scratch: string, report: (message: string) => void): Promise<Browser> {
  const { directory } = await ensurePackageSet(browserSet, { cacheDir: paths.cache, report });
  const root = join(directory, "root");
  const architecture = (await readdir(join(root, "usr", "lib"))).find((name) => name.endsWith("-linux-gnu")) ?? "";
  const libraries = join(root, "usr", "lib", architecture);
  const fonts = join(scratch, "fonts.conf");
  await writeFile(fonts, fontsConfiguration(join(root, "usr", "share", "fonts"), scratch));
  return launch({
    executablePath: join(root, "usr", "lib", "chromium", "chromium-headless-shell"),
    userDataDir: join(scratch, "profile"),
    // Its sandbox needs rights that root in a container has not; it opens nothing but our own pages.
    args: ["--no-sandbox", "--disable-gpu"],
    env: { PATH: process.env["PATH"], HOME: scratch, LANG: "en_US.UTF-8", FONTCONFIG_FILE: fonts, LD_LIBRARY_PATH: [libraries, join(libraries, "pulseaudio")].join(":") },
    timeout: 60_000,
  });
}

/** Grafana's page is set in Inter; what stands in for it must not depend on the machine. */
function fontsConfiguration(folder: string, cache: string): string {
  const instead = (family: string, preferred: string): string => `<alias binding="same"><family>${family}</family><prefer><family>${preferred}</family></prefer></alias>`;
  const aliases = [...["Inter", "Helvetica", "Arial", "sans-serif"].map((family) => instead(family, "Liberation Sans")), ...["Roboto Mono", "monospace"].map((family) => instead(family, "Liberation Mono"))];
  return `<?xml version="1.0"?><fontconfig><dir>${folder}</dir><cachedir>${cache}</cachedir>${aliases.join("")}</fontconfig>`;
}
