import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureCertificates, requests } from "./certificates.ts";

describe("the cluster's certificates", () => {
  let folder: string;
  const read = async (name: string): Promise<X509Certificate> => new X509Certificate(await readFile(join(folder, `${name}.crt`)));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "certificates-"));
    await ensureCertificates(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("are all signed by the cluster's own authority", async () => {
    const authority = await read("ca");
    for (const { name } of requests) expect([name, (await read(name)).verify(authority.publicKey)]).toEqual([name, true]);
  });

  it("give the API server the names under which pods and people call it", async () => {
    expect((await read("apiserver")).subjectAltName).toContain("DNS:kubernetes.default.svc");
    expect((await read("apiserver")).checkIP("10.208.16.1")).toBe("10.208.16.1");
  });

  it("stay as they are at the next start", async () => {
    const before = await readFile(join(folder, "admin.crt"), "utf8");
    await ensureCertificates(folder);
    expect(await readFile(join(folder, "admin.crt"), "utf8")).toBe(before);
  });

  it("are issued anew when the key beside them is another one", async () => {
    await writeFile(join(folder, "scheduler.key"), await readFile(join(folder, "proxy.key")));
    const before = (await read("scheduler")).serialNumber;
    await ensureCertificates(folder);
    expect((await read("scheduler")).serialNumber).not.toBe(before);
  });
});
