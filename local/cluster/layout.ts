/**
 * Addresses, ports and names of the embedded cluster, in one place.
 *
 * The node has an address of its own on the loopback device, so nothing of the
 * cluster listens beyond the machine; the ports are not Kubernetes' usual ones,
 * so that another Kubernetes on the machine keeps its own.
 */
export const cluster = {
  context: "forecast-stack",
  node: "forecast-node",
  nodeAddress: "10.208.0.1",
  podRange: "10.208.32.0/20",
  serviceRange: "10.208.16.0/20",
  apiServiceAddress: "10.208.16.1",
  dnsServiceAddress: "10.208.16.10",
  domain: "cluster.local",
  bridge: "forecast0",
  storageClass: "forecast-local",
} as const;

export const ports = {
  etcdClient: 12379,
  etcdPeer: 12380,
  apiServer: 16443,
  kubelet: 20250,
  kubeletHealth: 20248,
  proxyMetrics: 20249,
  proxyHealth: 20256,
  controllerManager: 20257,
  scheduler: 20259,
  dns: 20053,
  dnsHealth: 20280,
  dnsReady: 20281,
  metricsServer: 20443,
} as const;

export const apiServerUrl = `https://${cluster.nodeAddress}:${ports.apiServer}`;
