import { describe, expect, it } from "@jest/globals";
import { paths } from "../paths.ts";
import { stackEnvironment, withStackDefaults } from "./environment.ts";

describe("the environment of a stack's commands", () => {
  const own = { PULUMI_BACKEND_URL: "https://api.pulumi.com", KUBECONFIG: "/home/mara/.kube/config", PULUMI_HOME: "/home/mara/.pulumi", PULUMI_CONFIG_PASSPHRASE_FILE: "/home/mara/passphrase" };

  it("is the caller's where it says something: nothing is deployed to the embedded cluster that was meant for another", () => {
    expect(withStackDefaults({ PATH: "/usr/bin", HOME: "/home/mara", ...own })).toMatchObject({ HOME: "/home/mara", ...own });
  });

  it("means the embedded cluster where the caller says nothing, each thing by itself", () => {
    const embedded = stackEnvironment("/usr/bin");
    expect(withStackDefaults({ PATH: "/usr/bin" })).toEqual(embedded);
    expect(withStackDefaults({ PATH: "/usr/bin", KUBECONFIG: own.KUBECONFIG })).toEqual({ ...embedded, KUBECONFIG: own.KUBECONFIG });
    expect(embedded["KUBECONFIG"]).toBe(paths.kubeconfig);
  });

  it("finds the product's programs first, and does not grow when it is made again", () => {
    const once = withStackDefaults({ PATH: "/usr/bin" });
    expect(once["PATH"]).toMatch(/local\/bin.*:\/usr\/bin$/);
    expect(withStackDefaults(once)).toEqual(once);
  });
});
