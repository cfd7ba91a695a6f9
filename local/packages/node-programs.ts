import type { PackageRequest } from "./private-apt.ts";

/** A program that the node runs. */
export interface NodeProgram {
  readonly name: string;
  /** Below the unpacked packages. */
  readonly path: string;
  /** It needs libraries that not every machine has; it runs with those of the unpacked packages. */
  readonly ownLibraries: boolean;
}

/** Packages that are fetched and unpacked together. */
export interface PackageSet {
  readonly request: PackageRequest;
  /** What gets a link or a wrapper in `bin`. */
  readonly programs: readonly NodeProgram[];
  /** Patterns of paths that nobody reads and that are not unpacked, as GNU tar's --exclude takes them. */
  readonly unused: readonly string[];
}

/**
 * What the node needs from the distribution. The C library stays the machine's (its loader and libc must be one pair),
 * and so does libseccomp: apt itself needs it, and runc starts itself again without our environment.
 * The rest of `assumed` serves package scripts, which never run.
 */
const nodePackages: PackageRequest = {
  packages: ["containerd", "containernetworking-plugins", "etcd-server", "iptables", "nftables", "prometheus", "prometheus-alertmanager", "redis-server", "runc"],
  assumed: ["adduser", "debconf", "dpkg", "init-system-helpers", "libc6", "libgcc-s1", "libseccomp2", "lsb-base", "netbase", "perl", "sysvinit-utils", "tar"],
};

/** What the node never reads. */
const unusedPaths: readonly string[] = [
  "./usr/share/doc",
  "./usr/share/javascript",
  "./usr/share/locale",
  "./usr/share/man",
  "./usr/share/nodejs",
];

const own = (name: string, path: string): NodeProgram => ({ name, path, ownLibraries: true });
const plain = (name: string, path: string): NodeProgram => ({ name, path, ownLibraries: false });

/** alertmanager and prometheus serve tests of monitoring; iptables serves CNI's bridge and portmap plugins, nft serves kube-proxy, promtool checks rules and configurations, redis-server serves tests. */
const nodePrograms: readonly NodeProgram[] = [
  plain("alertmanager", "usr/bin/prometheus-alertmanager"),
  plain("containerd", "usr/bin/containerd"),
  plain("containerd-shim-runc-v2", "usr/bin/containerd-shim-runc-v2"),
  plain("ctr", "usr/bin/ctr"),
  plain("etcd", "usr/bin/etcd"),
  plain("prometheus", "usr/bin/prometheus"),
  plain("promtool", "usr/bin/promtool"),
  plain("runc", "usr/sbin/runc"),
  own("ip6tables", "usr/sbin/ip6tables-nft"),
  own("ip6tables-restore", "usr/sbin/ip6tables-nft-restore"),
  own("ip6tables-save", "usr/sbin/ip6tables-nft-save"),
  own("iptables", "usr/sbin/iptables-nft"),
  own("iptables-restore", "usr/sbin/iptables-nft-restore"),
  own("iptables-save", "usr/sbin/iptables-nft-save"),
  own("nft", "usr/sbin/nft"),
  own("redis-server", "usr/bin/redis-server"),
];

/** The packages of the embedded cluster's node, and of the tests. */
export const nodeSet: PackageSet = { request: nodePackages, programs: nodePrograms, unused: unusedPaths };

/**
 * A script that runs `program` with the given libraries and the iptables extensions among them. Only the program itself
 * sees them: exported for a whole process tree they would also reach the machine's own programs.
 */
export function libraryWrapper(program: string, libraries: string): string {
  return `#!/bin/sh
LD_LIBRARY_PATH="${libraries}" XTABLES_LIBDIR="${libraries}/xtables" exec "${program}" "$@"
`;
}
