import { expect, it } from "@jest/globals";
import { pathsFrom } from "../paths.ts";
import { cluster } from "./layout.ts";
import { clusterServices } from "./services.ts";

const services = clusterServices(pathsFrom({ FORECAST_STACK_HOME: "/home-of-cluster", XDG_CACHE_HOME: "/cache" }), {
  toolchain: "/toolchain",
  packages: "/packages",
  node: "/node",
});

it("listens on the loopback device alone", () => {
  const addresses = services.flatMap(({ args }) => args).flatMap((argument) => /^--(?:bind-address|listen-\w+-urls|advertise-address)=(?:https?:\/\/)?([\d.]+)/.exec(argument)?.[1] ?? []);
  expect(addresses.length).toBeGreaterThan(5);
  expect(addresses.filter((address) => address !== "127.0.0.1" && address !== cluster.nodeAddress)).toEqual([]);
});

it("starts nothing before the things it needs", () => {
  const names = services.map(({ name }) => name);
  expect(names.indexOf("etcd")).toBeLessThan(names.indexOf("kube-apiserver"));
  for (const { name, after } of services.filter(({ name: other }) => !["etcd", "containerd"].includes(other))) {
    expect({ name, waits: (after ?? []).length > 0 }).toEqual({ name, waits: true });
  }
});

it("keeps every file of the cluster below its home", () => {
  const files = services.flatMap(({ args }) => args).flatMap((argument) => /=(\/[^=]+)$/.exec(argument)?.[1] ?? []);
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter((file) => !file.startsWith("/home-of-cluster/"))).toEqual([]);
});
