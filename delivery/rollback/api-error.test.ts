import { ApiException, CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { describe, expect, it } from "@jest/globals";
import { ReleaseError } from "../releases/release-error.ts";
import { told } from "./api-error.ts";

const refused = (code: number, body: unknown) => new ApiException(code, "Unsuccessful HTTP Request", body, {});
const sentence = (error: unknown) => told(Promise.reject(error as Error)).catch((thrown: unknown) => (thrown instanceof ReleaseError ? thrown.message : thrown));

describe("what the API server says is told in one sentence", () => {
  it("when it refuses, whether its answer is text or an object", async () => {
    const status = { kind: "Status", message: 'secrets is forbidden: User "anna" cannot get resource' };
    for (const body of [status, JSON.stringify(status)]) expect(await sentence(refused(403, body))).toBe('The API server refuses: secrets is forbidden: User "anna" cannot get resource (403). A rollback needs a KUBECONFIG whose user may read and change everything that the stack consists of.');
    expect(await sentence(refused(409, { message: "the object has been modified" }))).toBe("The API server refuses: the object has been modified (409). Somebody else changed that in the same moment: run the same command again.");
    expect(await sentence(refused(502, "Bad gateway"))).toBe("The API server refuses: Bad gateway (502).");
  });

  it("when it is not there", async () => {
    const config = new KubeConfig();
    // Nobody listens on that port.
    config.loadFromClusterAndUser({ name: "gone", server: "http://127.0.0.1:1", skipTLSVerify: true }, { name: "anna" });
    expect(await sentence(await config.makeApiClient(CoreV1Api).readNamespace({ name: "default" }).catch((error: unknown) => error))).toMatch(/^The API server does not answer: .+ See that the cluster is up and that KUBECONFIG names it, then run the same command again\.$/);
  });

  it("and a mistake of ours stays what it is", async () => {
    const mistake = new TypeError("x is not a function");
    expect(await sentence(mistake)).toBe(mistake);
  });
});
