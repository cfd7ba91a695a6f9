import { describe, expect, it } from "@jest/globals";

import { installedStatus, parsePrintedUris } from "./private-apt.ts";

describe("what apt would download", () => {
  const output = [
    "Reading package lists...",
    "'http://mirror.example/pool/main/r/runc/runc_1.1.5%2bds1-1_amd64.deb' runc_1.1.5+ds1-1_amd64.deb 2709960 SHA256:00",
    "'http://mirror.example/pool/main/l/lib/libcap2_2.66-4+deb12u3+b1_amd64.deb' libcap2_1%3a2.66-4+deb12u3+b1_amd64.deb 27708 SHA256:00",
  ].join("\n");

  it("is read with its epoch, its size and the file that apt will write", () => {
    expect(parsePrintedUris(output, "/archives")).toEqual([
      { name: "libcap2", version: "1:2.66-4+deb12u3+b1", file: "/archives/libcap2_1%3a2.66-4+deb12u3+b1_amd64.deb", bytes: 27708 },
      { name: "runc", version: "1.1.5+ds1-1", file: "/archives/runc_1.1.5+ds1-1_amd64.deb", bytes: 2709960 },
    ]);
  });
});

describe("the status that apt resolves against", () => {
  it("holds assumed packages in a version above any that is asked for, and present ones in their own", () => {
    const stanzas = installedStatus(["perl"], { libc6: "2.36-9" }).split("\n\n");
    expect(stanzas).toHaveLength(2);
    expect(stanzas[0]).toMatch(/^Package: perl\nStatus: install ok installed\n[^]*Version: 9999:0\n/);
    expect(stanzas[1]).toMatch(/^Package: libc6\n[^]*Version: 2\.36-9\n/);
  });
});
