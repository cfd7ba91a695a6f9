import { describe, expect, it } from "@jest/globals";
import { deploymentSchema } from "../releases/checkpoint.ts";
import { preparedState, sortJobs, withoutRunningJobs } from "./jobs.ts";

const JOB = "kubernetes:batch/v1:Job";
const PROVIDER = "pulumi:providers:kubernetes";
const urn = (type: string, name: string) => `urn:pulumi:dev::forecast-stack::${type}::${name}`;
const deployment = (...resources: readonly object[]) => deploymentSchema.parse({ manifest: { time: "now" }, resources });
const namespace = { urn: urn("kubernetes:core/v1:Namespace", "namespace"), type: "kubernetes:core/v1:Namespace", custom: true };
const component = { urn: urn("forecast-stack:infra:Migrations", "migrations"), type: "forecast-stack:infra:Migrations" };
const provider = (name: string, id: string) => ({ urn: urn(PROVIDER, name), type: PROVIDER, custom: true, id });
const job = (name: string, more: object = {}) => ({ urn: urn(JOB, name), type: JOB, custom: true, provider: `${urn(PROVIDER, "default")}::then`, parent: component.urn, inputs: { metadata: { namespace: "forecast-dev", name } }, ...more });
const names = (resources: readonly { readonly urn: string }[]) => resources.map(({ urn: name }) => name.slice(name.lastIndexOf("::") + 2));

describe("the Jobs of the release that is gone back to", () => {
  it("are in the state before the replay, whether they still exist or are put back, so that they are never made again", async () => {
    const target = deployment(namespace, component, job("migrate-1", { dependencies: [namespace.urn, urn("kubernetes:core/v1:Secret", "gone")] }), job("migrate-0"));
    const today = deployment(provider("default", "now"), namespace, component, job("migrate-2"));
    const jobs = await sortJobs(target, today, ({ name }) => Promise.resolve(name === "migrate-1"));
    expect([names(jobs.adopted), names(jobs.gone)]).toEqual([["migrate-1"], ["migrate-0"]]);
    const prepared = preparedState({ ...today, pending_operations: [{}] }, jobs);
    expect(names(prepared.resources)).toEqual(expect.arrayContaining(["migrate-0", "migrate-1", "migrate-2"]));
    // Pulumi takes no state in which something depends on what is not there, is another provider's, or an operation is unfinished.
    expect(prepared.resources.find(({ urn: name }) => name.endsWith("migrate-1"))).toMatchObject({ dependencies: [namespace.urn], provider: `${urn(PROVIDER, "default")}::now` });
    expect(prepared.pending_operations).toEqual([]);
  });

  it.each([
    ["component", [provider("default", "now")]],
    ["provider", [provider("default_4_31_0", "now"), component]],
  ])("are left to the replay where their %s is gone", (_what, today) => {
    expect(names(preparedState(deployment(...today), { adopted: [], gone: deployment(job("migrate-0")).resources }).resources)).not.toContain("migrate-0");
  });

  it("stay as they are when they are today's too, whatever has changed in them", async () => {
    const [target, today] = [deployment(job("same")), deployment(job("same", { inputs: { spec: "today's" } }))];
    expect(await sortJobs(target, today, () => Promise.resolve(false))).toEqual({ adopted: [], gone: [] });
    expect(withoutRunningJobs(target, today).resources.at(-1)?.inputs).toEqual({ spec: "today's" });
  });
});
