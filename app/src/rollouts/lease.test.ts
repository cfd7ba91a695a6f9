import { describe, expect, it } from "@jest/globals";
import type { KubeConfig } from "@kubernetes/client-node";
import { Lease } from "./lease.ts";

/** A lease at an API server in memory, and processes that want it, on one clock. */
function oneLease() {
  const state = { now: 0, renewals: 0, spec: undefined as { holderIdentity: string } | undefined };
  const api = {
    readNamespacedLease: () => (state.spec === undefined ? Promise.reject(Object.assign(new Error("none"), { code: 404 })) : Promise.resolve({ spec: { ...state.spec } })),
    createNamespacedLease: ({ body }: { body: { spec: { holderIdentity: string } } }) => {
      state.renewals += 1;
      state.spec = body.spec;
      return Promise.resolve();
    },
    replaceNamespacedLease: ({ body }: { body: { spec: { holderIdentity: string } } }) => {
      state.renewals += 1;
      state.spec = body.spec;
      return Promise.resolve();
    },
  };
  const kubeConfig = { makeApiClient: () => api } as unknown as KubeConfig;
  const process = (holder: string) => new Lease(kubeConfig, { namespace: "n", name: "l", holder }, () => state.now);
  return { state, process };
}

describe("whoever holds the lease", () => {
  it("still holds it in the middle of its work, and renews it there when a third of its time is over", async () => {
    const { state, process } = oneLease();
    const lease = process("one");
    expect(await lease.hold()).toBe(true);
    state.now = 3_000;
    expect([await lease.stillHolds(), state.renewals]).toEqual([true, 1]);
    state.now = 4_000;
    expect([await lease.stillHolds(), state.renewals]).toEqual([true, 2]);
  });

  it("learns in the middle of its work that another process has taken it", async () => {
    const { state, process } = oneLease();
    const [slow, other] = [process("slow"), process("other")];
    await slow.hold();
    expect(await other.hold()).toBe(false);
    state.now = 10_001;
    expect(await other.hold()).toBe(true);
    expect(await slow.stillHolds()).toBe(false);
  });
});
