import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Paths } from "../paths.ts";
import { writeWhenChanged } from "../write-file.ts";
import { requests } from "./certificates.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { cluster, ports } from "./layout.ts";

export interface NodePrograms {
  /** Folder with the CNI plugins. */
  readonly cniPlugins: string;
  /** The program runc itself. */
  readonly runc: string;
  /** Reference of the pause image. */
  readonly pauseImage: string;
}

/** containerd with a root, a socket and a CNI configuration of its own. */
export function containerdConfiguration(paths: Paths, programs: NodePrograms): string {
  return `version = 2
root = "${join(paths.home, "containerd")}"
state = "${join(paths.run, "containerd")}"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs"]

[grpc]
  address = "${paths.containerdSocket}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${programs.pauseImage}"
  # Without it, every sandbox fails on machines that lack CAP_SYS_RESOURCE.
  restrict_oom_score_adj = true
  stream_server_address = "127.0.0.1"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${programs.cniPlugins}"
    conf_dir = "${join(paths.home, "config", "cni")}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      BinaryName = "${programs.runc}"
      Root = "${join(paths.run, "runc")}"
`;
}

/**
 * A veth pair per pod, routed by the node. No bridge: traffic between two pods
 * of one bridge would bypass the service rules on kernels without br_netfilter.
 */
function cniConfiguration(paths: Paths): object {
  return {
    cniVersion: "0.4.0",
    name: "forecast-stack",
    plugins: [
      {
        type: "ptp",
        ipam: {
          type: "host-local",
          dataDir: join(paths.home, "cni"),
          ranges: [[{ subnet: cluster.podRange }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
    ],
  };
}

function kubeletConfiguration(paths: Paths): object {
  const pki = (file: string): string => join(paths.pki, file);
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: cluster.nodeAddress,
    port: ports.kubelet,
    readOnlyPort: 0,
    healthzBindAddress: "127.0.0.1",
    healthzPort: ports.kubeletHealth,
    tlsCertFile: pki("kubelet.crt"),
    tlsPrivateKeyFile: pki("kubelet.key"),
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: pki("ca.crt") } },
    authorization: { mode: "Webhook" },
    clusterDomain: cluster.domain,
    clusterDNS: [cluster.dnsServiceAddress],
    containerRuntimeEndpoint: `unix://${paths.containerdSocket}`,
    cgroupDriver: "cgroupfs",
    cgroupRoot: "/",
    failCgroupV1: false,
    failSwapOn: false,
    podLogsDir: join(paths.logs, "pods"),
    containerLogMaxSize: "10Mi",
    containerLogMaxFiles: 3,
    volumePluginDir: join(paths.home, "kubelet", "volume-plugins"),
    staticPodPath: "",
    // The images of the stack cannot be pulled again: never collect them.
    imageGCHighThresholdPercent: 100,
    evictionHard: { "memory.available": "200Mi", "nodefs.available": "2%", "imagefs.available": "2%" },
    maxPods: 200,
    serializeImagePulls: false,
    shutdownGracePeriod: "0s",
    logging: { verbosity: 1 },
  };
}

function proxyConfiguration(paths: Paths): object {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "nftables",
    hostnameOverride: cluster.node,
    clientConnection: { kubeconfig: join(paths.home, "config", "proxy.kubeconfig") },
    clusterCIDR: cluster.podRange,
    nodePortAddresses: [`${cluster.nodeAddress}/32`],
    bindAddress: cluster.nodeAddress,
    healthzBindAddress: `127.0.0.1:${ports.proxyHealth}`,
    metricsBindAddress: `127.0.0.1:${ports.proxyMetrics}`,
    // Leave the machine's conntrack limits as they are.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
  };
}

function corefile(paths: Paths): string {
  return `.:${ports.dns} {
    bind ${cluster.nodeAddress}
    health 127.0.0.1:${ports.dnsHealth}
    ready 127.0.0.1:${ports.dnsReady}
    errors
    cache 30
    kubernetes ${cluster.domain} in-addr.arpa {
        kubeconfig ${join(paths.home, "config", "coredns.kubeconfig")} ${cluster.context}
        ttl 5
        endpoint_pod_names
    }
    forward . /etc/resolv.conf
}
`;
}

/** Writes every configuration file of the cluster's processes, and a copy of the two programs that run from its home. */
export async function writeConfiguration(paths: Paths, programs: NodePrograms): Promise<void> {
  const config = join(paths.home, "config");
  await mkdir(join(config, "cni"), { recursive: true });
  const yaml = (file: string, document: object): Promise<void> => writeWhenChanged(join(config, file), stringify(document));
  await writeWhenChanged(join(config, "containerd.toml"), containerdConfiguration(paths, programs));
  await writeWhenChanged(join(config, "cni", "10-forecast-stack.conflist"), JSON.stringify(cniConfiguration(paths), null, 2));
  await yaml("kubelet.yaml", kubeletConfiguration(paths));
  await yaml("proxy.yaml", proxyConfiguration(paths));
  await writeWhenChanged(join(config, "Corefile"), corefile(paths));
  for (const { name, serves } of requests) {
    const isClient = serves === undefined || ["controller-manager", "scheduler", "kubelet", "metrics-server"].includes(name);
    if (isClient && !name.startsWith("apiserver") && name !== "admin") await writeKubeconfig(paths.pki, name, join(config, `${name}.kubeconfig`));
  }
  await writeKubeconfig(paths.pki, "admin", paths.kubeconfig);
  for (const program of ["supervisor.ts", "volumes.ts"]) {
    await writeWhenChanged(join(paths.bin, program), await readFile(join(import.meta.dirname, program), "utf8"));
  }
}
