import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { CommandError, run } from "../run.ts";
import type { Report } from "./report.ts";

/** An apt of our own: its lists, status and archives lie in `directory`; the machine's apt is neither read nor changed, but for proxies and mirrors. */
export interface PrivateApt {
  readonly directory: string;
  readonly configuration: string;
}

/** Packages to resolve with everything they depend on. */
export interface PackageRequest {
  readonly packages: readonly string[];
  /** Treated as installed already, in whatever version is asked for: neither they nor what they need is fetched. */
  readonly assumed: readonly string[];
}

/** One package file of a resolved request. */
export interface DebFile {
  readonly name: string;
  readonly version: string;
  readonly file: string;
  readonly bytes: number;
}

/**
 * Prepares a private apt with the given sources (text of a sources.list).
 * Hooks are cleared: Docker's, PackageKit's and AppStream's would touch the machine's own state after an update.
 */
export async function preparePrivateApt(directory: string, sources: string): Promise<PrivateApt> {
  await mkdir(join(directory, "lists", "partial"), { recursive: true });
  await mkdir(join(directory, "cache", "archives", "partial"), { recursive: true });
  await writeFile(join(directory, "sources.list"), sources);
  await writeFile(join(directory, "status"), "");
  const configuration = join(directory, "apt.conf");
  await writeFile(configuration, aptConfiguration(directory));
  return { directory, configuration };
}

function aptConfiguration(directory: string): string {
  return `#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Install-Pkgs;
#clear DPkg::Post-Invoke;
#clear Acquire::IndexTargets::deb::DEP-11;
Dir::State "${directory}";
Dir::State::lists "${directory}/lists";
Dir::State::status "${directory}/status";
Dir::State::extended_states "${directory}/extended_states";
Dir::Cache "${directory}/cache";
Dir::Etc::sourcelist "${directory}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::Log "${directory}";
APT::Sandbox::User "root";
APT::Install-Recommends "false";
APT::Get::Assume-Yes "true";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "3";
`;
}

/** Fetches the package lists; unchanged ones are not downloaded again. */
export async function updateLists(apt: PrivateApt): Promise<void> {
  await aptGet(apt, ["update", "--quiet"]);
}

/**
 * Downloads a request's packages with all that they depend on into `directory`. apt verifies every file against the
 * signed lists and goes on with files that an interrupted download left behind.
 * @param present packages that are there already, name → version
 * @throws when a package does not exist or cannot be fetched
 */
export async function downloadPackages(
  apt: PrivateApt,
  request: PackageRequest,
  present: Readonly<Record<string, string>>,
  directory: string,
  report: Report,
): Promise<readonly DebFile[]> {
  await mkdir(join(directory, "partial"), { recursive: true });
  const status = join(directory, "status");
  await writeFile(status, installedStatus(request.assumed, present));
  const install = ["install", "-qq", "-o", `Dir::State::status=${status}`, ...request.packages];
  // Asked with the apt's own, empty archives: files that are there already would be missing from the answer.
  const resolved = parsePrintedUris(await aptGet(apt, [...install, "--print-uris"]), directory);
  const megabytes = resolved.reduce((sum, deb) => sum + deb.bytes, 0) / 1e6;
  report(`downloading ${resolved.length} packages, ${megabytes.toFixed(0)} MB`);
  await aptGet(apt, [...install, "--download-only", "-o", `Dir::Cache::archives=${directory}`]);
  return resolved;
}

/** A dpkg status file in which the given packages are installed. */
export function installedStatus(assumed: readonly string[], present: Readonly<Record<string, string>>): string {
  // A version above all others: it satisfies every "at least" that a dependency asks for.
  const newest = "9999:0";
  const stanzas = [...assumed.map((name) => [name, newest] as const), ...Object.entries(present)].map(
    ([name, version]) =>
      `Package: ${name}\nStatus: install ok installed\nArchitecture: all\nMulti-Arch: foreign\nVersion: ${version}\nMaintainer: none\nDescription: present\n`,
  );
  return stanzas.join("\n");
}

/** Reads the lines of `apt-get --print-uris`: 'uri' file bytes hash. */
export function parsePrintedUris(output: string, directory: string): readonly DebFile[] {
  return [...output.matchAll(/^'[^']+' (([^_\s]+)_([^_\s]+)_[^_\s]+\.deb) (\d+)/gm)]
    .map(([, file = "", name = "", version = "", bytes = ""]) => ({
      name,
      version: decodeURIComponent(version),
      file: join(directory, file),
      bytes: Number(bytes),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function aptGet(apt: PrivateApt, args: readonly string[]): Promise<string> {
  try {
    return await run("apt-get", ["-c", apt.configuration, ...args]);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new Error(`packages could not be had from ${join(apt.directory, "sources.list")} (is the network or its proxy reachable?): ${error.output.trim()}`, { cause: error });
  }
}
