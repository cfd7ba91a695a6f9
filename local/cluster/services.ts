import { join } from "node:path";
import type { Paths } from "../paths.ts";
import { apiServerUrl, cluster, ports } from "./layout.ts";
import type { Service } from "./supervisor.ts";

/** Folders with the programs that the cluster runs. */
export interface Programs {
  /** Built from Go modules. */
  readonly toolchain: string;
  /** Unpacked Debian packages: etcd, containerd, runc, nft. */
  readonly packages: string;
  /** Node itself, copied to the cluster's home. */
  readonly node: string;
}

const etcd = `127.0.0.1:${ports.etcdClient}`;
const apiServer = `${cluster.nodeAddress}:${ports.apiServer}`;

/** The cluster's process table, in the order in which it comes up. Pure: paths in, commands out. */
export function clusterServices(paths: Paths, programs: Programs): Service[] {
  const pki = (file: string): string => join(paths.pki, file);
  const config = (file: string): string => join(paths.home, "config", file);
  const PATH = [programs.packages, programs.toolchain, "/usr/sbin:/usr/bin:/sbin:/bin"].join(":");
  const kubernetes = (name: string, args: readonly string[], after: readonly string[]): Service => ({
    name,
    command: join(programs.toolchain, name),
    args,
    env: { PATH },
    after,
  });
  return [
    {
      name: "etcd",
      command: join(programs.packages, "etcd"),
      args: [
        `--data-dir=${join(paths.home, "etcd")}`,
        `--listen-client-urls=https://${etcd}`,
        `--advertise-client-urls=https://${etcd}`,
        `--listen-peer-urls=http://127.0.0.1:${ports.etcdPeer}`,
        `--initial-advertise-peer-urls=http://127.0.0.1:${ports.etcdPeer}`,
        `--initial-cluster=default=http://127.0.0.1:${ports.etcdPeer}`,
        `--cert-file=${pki("etcd.crt")}`,
        `--key-file=${pki("etcd.key")}`,
        `--trusted-ca-file=${pki("ca.crt")}`,
        "--client-cert-auth",
        "--auto-compaction-retention=1",
      ],
    },
    { name: "containerd", command: join(programs.packages, "containerd"), args: ["--config", config("containerd.toml")], env: { PATH } },
    kubernetes(
      "kube-apiserver",
      [
        `--advertise-address=${cluster.nodeAddress}`,
        `--bind-address=${cluster.nodeAddress}`,
        `--secure-port=${ports.apiServer}`,
        `--etcd-servers=https://${etcd}`,
        `--etcd-cafile=${pki("ca.crt")}`,
        `--etcd-certfile=${pki("apiserver-etcd.crt")}`,
        `--etcd-keyfile=${pki("apiserver-etcd.key")}`,
        `--client-ca-file=${pki("ca.crt")}`,
        `--tls-cert-file=${pki("apiserver.crt")}`,
        `--tls-private-key-file=${pki("apiserver.key")}`,
        `--kubelet-certificate-authority=${pki("ca.crt")}`,
        `--kubelet-client-certificate=${pki("apiserver-kubelet.crt")}`,
        `--kubelet-client-key=${pki("apiserver-kubelet.key")}`,
        // The node's name is in no DNS.
        "--kubelet-preferred-address-types=InternalIP",
        `--service-account-issuer=https://kubernetes.default.svc.${cluster.domain}`,
        `--service-account-key-file=${pki("service-account.pub")}`,
        `--service-account-signing-key-file=${pki("service-account.key")}`,
        `--service-cluster-ip-range=${cluster.serviceRange}`,
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        `--requestheader-client-ca-file=${pki("front-proxy-ca.crt")}`,
        "--requestheader-allowed-names=front-proxy-client",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-username-headers=X-Remote-User",
        `--proxy-client-cert-file=${pki("front-proxy-client.crt")}`,
        `--proxy-client-key-file=${pki("front-proxy-client.key")}`,
        "--enable-aggregator-routing=true",
        "--allow-privileged=true",
        "--anonymous-auth=false",
        "--profiling=false",
      ],
      [etcd],
    ),
    kubernetes(
      "kube-controller-manager",
      [
        "--bind-address=127.0.0.1",
        `--secure-port=${ports.controllerManager}`,
        `--kubeconfig=${config("controller-manager.kubeconfig")}`,
        `--authentication-kubeconfig=${config("controller-manager.kubeconfig")}`,
        `--authorization-kubeconfig=${config("controller-manager.kubeconfig")}`,
        `--tls-cert-file=${pki("controller-manager.crt")}`,
        `--tls-private-key-file=${pki("controller-manager.key")}`,
        `--root-ca-file=${pki("ca.crt")}`,
        `--service-account-private-key-file=${pki("service-account.key")}`,
        `--cluster-signing-cert-file=${pki("ca.crt")}`,
        `--cluster-signing-key-file=${pki("ca.key")}`,
        "--use-service-account-credentials=true",
        "--leader-elect=false",
        "--profiling=false",
      ],
      [apiServer],
    ),
    kubernetes(
      "kube-scheduler",
      [
        "--bind-address=127.0.0.1",
        `--secure-port=${ports.scheduler}`,
        `--kubeconfig=${config("scheduler.kubeconfig")}`,
        `--authentication-kubeconfig=${config("scheduler.kubeconfig")}`,
        `--authorization-kubeconfig=${config("scheduler.kubeconfig")}`,
        `--tls-cert-file=${pki("scheduler.crt")}`,
        `--tls-private-key-file=${pki("scheduler.key")}`,
        "--leader-elect=false",
        "--profiling=false",
      ],
      [apiServer],
    ),
    kubernetes(
      "kubelet",
      [
        `--config=${config("kubelet.yaml")}`,
        `--kubeconfig=${config("kubelet.kubeconfig")}`,
        `--root-dir=${join(paths.home, "kubelet")}`,
        `--cert-dir=${join(paths.home, "kubelet", "pki")}`,
        `--node-ip=${cluster.nodeAddress}`,
        `--hostname-override=${cluster.node}`,
      ],
      [paths.containerdSocket, apiServer],
    ),
    kubernetes("kube-proxy", [`--config=${config("proxy.yaml")}`], [apiServer]),
    { name: "coredns", command: join(programs.toolchain, "coredns"), args: ["-conf", config("Corefile")], after: [apiServer] },
    {
      name: "metrics-server",
      command: join(programs.toolchain, "metrics-server"),
      args: [
        `--bind-address=${cluster.nodeAddress}`,
        `--secure-port=${ports.metricsServer}`,
        `--kubeconfig=${config("metrics-server.kubeconfig")}`,
        `--authentication-kubeconfig=${config("metrics-server.kubeconfig")}`,
        `--authorization-kubeconfig=${config("metrics-server.kubeconfig")}`,
        `--tls-cert-file=${pki("metrics-server.crt")}`,
        `--tls-private-key-file=${pki("metrics-server.key")}`,
        `--kubelet-certificate-authority=${pki("ca.crt")}`,
        "--kubelet-preferred-address-types=InternalIP",
        // The node says on which port its kubelet listens; it is not the usual one.
        "--kubelet-use-node-status-port",
        "--metric-resolution=15s",
      ],
      after: [apiServer],
    },
    {
      name: "volumes",
      command: programs.node,
      args: [join(paths.bin, "volumes.ts"), paths.home, apiServerUrl, cluster.node, cluster.storageClass],
      after: [apiServer],
    },
  ];
}
