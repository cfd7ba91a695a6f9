import { neverFires, threshold } from "./test-support/alert-case.ts";
import { describeAlerts } from "./test-support/describe-alerts.ts";
import { live } from "./test-support/live-series.ts";
import { kubernetes } from "./kubernetes.ts";

const namespace = "forecast-dev";
const container = { namespace, pod: "api-654d4c94d7-qltw7", container: "api" };
const node = { namespace: "forecast-dev-node", instance: "node-exporter-bbcfz" };

describeAlerts(kubernetes, {
  PodCrashLooping: (rule) => [
    threshold(rule, { behaviour: "fires for a container that waits to be started again", series: [[live("kube_pod_container_status_waiting_reason", container), [0, 1]]], labels: container, description: "The container api of api-654d4c94d7-qltw7 waits to be started again after it ended (state 1, CrashLoopBackOff)." }),
    neverFires(rule, { behaviour: "stays silent for a container that is being created", series: [[live("kube_pod_container_status_waiting_reason", { ...container, reason: "ContainerCreating" }), 1]] }),
  ],
  PodRestarting: (rule) => [
    threshold(rule, { behaviour: "fires at more than three restarts within an hour", series: [[live("kube_pod_container_status_restarts_total", container), { perMinute: [0.0495, 0.06] }]], labels: container, description: "The container api of api-654d4c94d7-qltw7 restarted 4 times within an hour (threshold 3 times).", window: 60 }),
  ],
  ReplicasMissing: (rule) => [
    threshold(rule, { behaviour: "fires when one pod of two is missing", series: [[live("kube_deployment_spec_replicas", { namespace, deployment: "api" }), [2, 2]], [live("kube_deployment_status_replicas_available", { namespace, deployment: "api" }), [2, 1]]], labels: { namespace, deployment: "api" }, description: "1 pods of api have been missing for 15 minutes." }),
  ],
  NodeNotReady: (rule) => [
    threshold(rule, { behaviour: "fires for a node that is not ready", series: [[live("kube_node_status_condition", { namespace, condition: "Ready", status: "true" }), [1, 0]]], labels: { namespace, node: "forecast-node" }, description: "The node forecast-node says that it is ready: 0 (1 yes, 0 no) for 5 minutes." }),
  ],
  NodeCpuHigh: (rule) => [
    threshold(rule, { behaviour: "fires above 80 % of the processors", series: [[live("node_cpu_seconds_total", { cpu: "0", mode: "idle" }), { perMinute: [12.6, 10] }], [live("node_cpu_seconds_total", { cpu: "1", mode: "idle" }), { perMinute: [12.6, 10] }]], labels: node, description: "node-exporter-bbcfz uses 83.33% of its processors (threshold 80%).", window: 10 }),
  ],
  NodeMemoryHigh: (rule) => [
    threshold(rule, { behaviour: "fires above 85 % of the memory", series: [[live("node_memory_MemAvailable_bytes"), [16, 14]], [live("node_memory_MemTotal_bytes"), [100, 100]]], labels: node, description: "node-exporter-bbcfz uses 86% of its memory (threshold 85%)." }),
  ],
  NodeDiskFilling: (rule) => [
    threshold(rule, { behaviour: "fires above 85 % of a disk", series: [[live("node_filesystem_avail_bytes", { fstype: "ext4", mountpoint: "/" }), [16, 14]], [live("node_filesystem_size_bytes", { fstype: "ext4", mountpoint: "/" }), [100, 100]]], labels: { ...node, mountpoint: "/" }, description: "/ of node-exporter-bbcfz is 86% full (threshold 85%)." }),
    neverFires(rule, { behaviour: "leaves out what lies in memory", series: [[live("node_filesystem_avail_bytes", { fstype: "tmpfs", mountpoint: "/run" }), 0], [live("node_filesystem_size_bytes", { fstype: "tmpfs", mountpoint: "/run" }), 100]] }),
  ],
  CertificateExpiring: (rule) => [
    threshold(rule, {
      behaviour: "fires when some client's certificate is valid for less than a week",
      series: [
        [live("apiserver_client_certificate_expiration_seconds_bucket", { le: "345600" }), { perMinute: [0, 0] }],
        [live("apiserver_client_certificate_expiration_seconds_bucket", { le: "604800" }), { perMinute: [0.9, 1.25] }],
        [live("apiserver_client_certificate_expiration_seconds_bucket", { le: "2592000" }), { perMinute: [90, 90] }],
        [live("apiserver_client_certificate_expiration_seconds_bucket", { le: "+Inf" }), { perMinute: [100, 100] }],
      ],
      labels: { job: "kubernetes-apiserver" },
      description: "A client of the API server uses a certificate that is valid for 6d 9h 36m 0s more (threshold 7d).",
      window: 10,
    }),
  ],
});
