import { CoordinationV1Api, type KubeConfig, V1Lease, V1LeaseSpec, V1MicroTime, V1ObjectMeta } from "@kubernetes/client-node";
import { fieldOf } from "../platform/thrown.ts";

/** After this long without a renewal the lease is anybody's. */
export const LEASE_SECONDS = 10;
/** After this long its holder renews it, also in the middle of what it does. */
const RENEWED_AFTER_MS = (LEASE_SECONDS * 1_000) / 3;

/**
 * A Lease of Kubernetes: of several processes at most one holds it. Whether
 * another holder's time is over is measured by this process's own clock, from
 * when it first saw that renewal, so that clocks need not agree.
 */
export class Lease {
  readonly #api: CoordinationV1Api;
  readonly #place: { readonly name: string; readonly namespace: string };
  readonly #holder: string;
  readonly #now: () => number;
  /** Since when nobody else can have it: before the last renewal was sent. */
  #renewedAt = Number.NEGATIVE_INFINITY;
  #seen: { readonly renewal: string; readonly at: number } | undefined;

  constructor(kubeConfig: KubeConfig, { namespace, name, holder }: { readonly namespace: string; readonly name: string; readonly holder: string }, now: () => number = () => performance.now()) {
    this.#api = kubeConfig.makeApiClient(CoordinationV1Api);
    this.#place = { name, namespace };
    this.#holder = holder;
    this.#now = now;
  }

  /** Takes the lease, or renews it; false while another process holds it. */
  async hold(): Promise<boolean> {
    const now = this.#now();
    const holds = await this.#take();
    this.#renewedAt = holds ? now : Number.NEGATIVE_INFINITY;
    return holds;
  }

  /** Whether what takes long may go on: renews the lease where it is time, and is false when another process holds it. */
  async stillHolds(): Promise<boolean> {
    return this.#now() - this.#renewedAt < RENEWED_AFTER_MS || this.hold();
  }

  async #take(): Promise<boolean> {
    const lease = await this.#api.readNamespacedLease(this.#place).catch((error: unknown) => {
      if (fieldOf(error, "code") === 404) return undefined;
      throw error;
    });
    if (lease === undefined) return this.#won(this.#api.createNamespacedLease({ namespace: this.#place.namespace, body: this.#first() }));
    const { holderIdentity, renewTime, leaseTransitions = 0 } = lease.spec ?? new V1LeaseSpec();
    const mine = holderIdentity === this.#holder;
    if (!mine && !this.#isFree(holderIdentity, renewTime)) return false;
    // Under the version that was read: of two that try, one is refused.
    lease.spec = this.#spec(mine && lease.spec?.acquireTime !== undefined ? new Date(lease.spec.acquireTime) : new Date(), mine ? leaseTransitions : leaseTransitions + 1);
    return this.#won(this.#api.replaceNamespacedLease({ ...this.#place, body: lease }));
  }

  /** Gives it up, so that nobody waits for its time to be over. */
  async release(): Promise<void> {
    const lease = await this.#api.readNamespacedLease(this.#place);
    if (lease.spec?.holderIdentity !== this.#holder) return;
    lease.spec.holderIdentity = "";
    await this.#won(this.#api.replaceNamespacedLease({ ...this.#place, body: lease }));
  }

  #isFree(holder: string | undefined, renewTime: Date | undefined): boolean {
    if (holder === undefined || holder === "") return true;
    // The client types it as a date and gives a text: either way a renewal spells another one.
    const renewal = `${holder} ${String(renewTime)}`;
    if (this.#seen?.renewal !== renewal) this.#seen = { renewal, at: this.#now() };
    return this.#now() - this.#seen.at > LEASE_SECONDS * 1_000;
  }

  #first(): V1Lease {
    return Object.assign(new V1Lease(), { metadata: Object.assign(new V1ObjectMeta(), this.#place), spec: this.#spec(new Date(), 0) });
  }

  #spec(acquired: Date, leaseTransitions: number): V1LeaseSpec {
    return Object.assign(new V1LeaseSpec(), { holderIdentity: this.#holder, leaseDurationSeconds: LEASE_SECONDS, acquireTime: new V1MicroTime(acquired.getTime()), renewTime: new V1MicroTime(), leaseTransitions });
  }

  async #won(attempt: Promise<unknown>): Promise<boolean> {
    try {
      await attempt;
      return true;
    } catch (error) {
      if (fieldOf(error, "code") === 409) return false;
      throw error;
    }
  }
}
