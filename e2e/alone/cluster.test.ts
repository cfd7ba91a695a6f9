import { describe, expect, it } from "@jest/globals";
import { kubectl } from "@forecast-stack/local/cluster/start.ts";
import { isAlive, readRecord } from "@forecast-stack/local/cluster/supervisor.ts";
import { until } from "@forecast-stack/local/cluster/until.ts";
import { paths } from "@forecast-stack/local/paths.ts";
import { run } from "@forecast-stack/local/run.ts";

describe("the embedded cluster", () => {
  it.each(["etcd", "containerd", "kube-apiserver", "kubelet", "coredns", "supervisor"])(
    "brings %s back when it is killed",
    async (name) => {
      const before = readRecord(paths.run, name);
      expect(isAlive(before)).toBe(true);
      process.kill(before?.pid ?? 0, "SIGKILL");
      await until(`${name} to come back`, 60_000, async () => {
        const record = readRecord(paths.run, name);
        if (!isAlive(record) || record.pid === before?.pid) throw new Error("not yet");
        return Promise.resolve();
      });
      await until("the API server", 60_000, () => kubectl(["get", "--raw", "/readyz"]));
    },
    130_000,
  );

  it("listens on nothing that another machine could reach", async () => {
    const listening = (await run("ss", ["-H", "-ltnp"])).split("\n");
    const own = ["etcd", "kube-", "kubelet", "containerd", "coredns", "metrics-server"];
    const addresses = listening.filter((line) => own.some((name) => line.includes(`"${name}`))).map((line) => line.trim().split(/\s+/)[3] ?? "");
    expect(addresses.length).toBeGreaterThan(5);
    expect(addresses.filter((address) => !/^(127\.0\.0\.1|10\.208\.0\.1):/.test(address))).toEqual([]);
  });

  it("keeps pods that do not meet the restricted level out of a namespace that asks for it", async () => {
    await kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: "e2e-restricted", labels: { "pod-security.kubernetes.io/enforce": "restricted" } } }));
    try {
      const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "privileged" }, spec: { containers: [{ name: "c", image: "x", securityContext: { privileged: true } }] } };
      await expect(kubectl(["-n", "e2e-restricted", "create", "--dry-run=server", "-f", "-"], JSON.stringify(pod))).rejects.toThrow(/violates PodSecurity "restricted/);
    } finally {
      await kubectl(["delete", "namespace", "e2e-restricted"]);
    }
  });
});
