import { readFile } from "node:fs/promises";

import { run } from "../run.ts";

/** A release of a distribution whose packages can be fetched, e.g. debian bookworm. */
export interface Distribution {
  readonly id: "debian" | "ubuntu";
  readonly codename: string;
}

/** One package index that the machine's own apt configuration names. */
export interface IndexTarget {
  readonly uri: string;
  readonly suite: string;
  readonly component: string;
}

interface Archive {
  readonly uri: string;
  readonly securityUri: string;
  readonly components: readonly string[];
  readonly keyring: string;
}

const archives: Readonly<Record<Distribution["id"], Archive>> = {
  debian: {
    uri: "http://deb.debian.org/debian/",
    securityUri: "http://deb.debian.org/debian-security/",
    components: ["main"],
    keyring: "usr/share/keyrings/debian-archive-keyring.gpg",
  },
  ubuntu: {
    uri: "http://archive.ubuntu.com/ubuntu/",
    securityUri: "http://security.ubuntu.com/ubuntu/",
    components: ["main", "universe"],
    keyring: "usr/share/keyrings/ubuntu-archive-keyring.gpg",
  },
};

/**
 * Reads which distribution an os-release file describes.
 * @throws when it is neither Debian nor Ubuntu
 */
export function parseOsRelease(text: string): Distribution {
  const values = new Map([...text.matchAll(/^(\w+)="?([^"\n]*)"?$/gm)].map((match) => [match[1], match[2]]));
  const id = values.get("ID");
  const codename = values.get("VERSION_CODENAME");
  if ((id !== "debian" && id !== "ubuntu") || codename === undefined || codename === "") {
    throw new Error(`packages come from Debian or Ubuntu releases; this machine says ID=${id ?? "(none)"} VERSION_CODENAME=${codename ?? "(none)"}`);
  }
  return { id, codename };
}

/** The distribution of this machine. */
export async function machineDistribution(): Promise<Distribution> {
  return parseOsRelease(await readFile("/etc/os-release", "utf8"));
}

/** The package indexes that this machine's apt configuration names (its mirrors among them); reads, changes nothing. */
export async function machineIndexTargets(): Promise<readonly IndexTarget[]> {
  const output = await run("apt-get", ["indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages"]);
  return output.split("\n").flatMap((line) => {
    const [uri, suite, component] = line.split(" ");
    return uri !== undefined && suite !== undefined && component !== undefined ? [{ uri, suite, component }] : [];
  });
}

/**
 * The apt sources of one release and nothing else: no third party's repository can change what is resolved.
 * The machine's own mirrors are used where it has any for that release, so it works behind a company mirror.
 * @param keyringRoot directory that holds the distribution's keyring below its usual path; "/" for the machine's own
 * @returns the text of a sources.list
 */
export function aptSources(distribution: Distribution, targets: readonly IndexTarget[], keyringRoot: string): string {
  const archive = archives[distribution.id];
  const { codename } = distribution;
  const suites = [codename, `${codename}-updates`, `${codename}-security`];
  const own = targets.filter((target) => suites.includes(target.suite) && archive.components.includes(target.component));
  const standard = suites.flatMap((suite) =>
    archive.components.map((component) => ({ uri: suite.endsWith("-security") ? archive.securityUri : archive.uri, suite, component })),
  );
  // Mirrors of the updates alone would leave most packages out.
  const chosen = own.some((target) => target.suite === codename) ? own : standard;
  const lines = chosen.map(({ uri, suite, component }) => `deb [signed-by=${keyringPath(distribution.id, keyringRoot)}] ${uri} ${suite} ${component}`);
  return `${[...new Set(lines)].join("\n")}\n`;
}

/** Where the keyring of a distribution's archive lies below `root`. */
export function keyringPath(distribution: Distribution["id"], root: string): string {
  return `${root.replace(/\/$/, "")}/${archives[distribution].keyring}`;
}
