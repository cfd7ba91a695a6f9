import { describe, expect, it } from "@jest/globals";

import { aptSources, parseOsRelease } from "./distribution.ts";

describe("the machine's distribution", () => {
  it("is read from os-release, quoted or not", () => {
    expect(parseOsRelease('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n')).toEqual({ id: "debian", codename: "bookworm" });
    expect(parseOsRelease('ID="ubuntu"\nID_LIKE=debian\nVERSION_CODENAME="noble"\n')).toEqual({ id: "ubuntu", codename: "noble" });
  });

  it("is refused by name when it has no packages of ours", () => {
    expect(() => parseOsRelease("ID=fedora\nVERSION_ID=42\n")).toThrow("ID=fedora");
  });
});

describe("apt sources", () => {
  const bookworm = { id: "debian", codename: "bookworm" } as const;

  it("use the machine's own mirrors and leave third parties out", () => {
    const targets = [
      { uri: "http://mirror.example/debian/", suite: "bookworm", component: "main" },
      { uri: "http://mirror.example/debian-security/", suite: "bookworm-security", component: "main" },
      { uri: "https://download.example/linux/debian/", suite: "bookworm", component: "stable" },
      { uri: "https://apt.example/pgdg/", suite: "bookworm-pgdg", component: "main" },
    ];
    expect(aptSources(bookworm, targets, "/")).toBe(
      "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian/ bookworm main\n" +
        "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian-security/ bookworm-security main\n",
    );
  });

  it("fall back to Debian's own archive on a machine of another release", () => {
    const targets = [{ uri: "http://archive.example/ubuntu/", suite: "noble", component: "main" }];
    const sources = aptSources(bookworm, targets, "/cache/keyring");
    expect(sources).not.toContain("archive.example");
    expect(sources).toContain("deb [signed-by=/cache/keyring/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian/ bookworm main\n");
    expect(sources).toContain("http://deb.debian.org/debian-security/ bookworm-security main\n");
  });

  it("fall back as well where the machine mirrors nothing but updates", () => {
    const targets = [{ uri: "http://mirror.example/security/", suite: "bookworm-security", component: "main" }];
    expect(aptSources(bookworm, targets, "/")).toContain("http://deb.debian.org/debian/ bookworm main\n");
  });
});
