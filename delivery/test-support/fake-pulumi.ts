import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** A program in the place of pulumi, for tests of what a command makes of its answers. */
export interface FakePulumi {
  /** What it runs from now on, in `sh`. */
  does(script: string): Promise<void>;
  /** Gives the PATH back and takes the program away. */
  remove(): Promise<void>;
}

/** Puts it before all else on the PATH of this process. */
export async function fakePulumi(): Promise<FakePulumi> {
  const folder = await mkdtemp(join(tmpdir(), "fake-pulumi-"));
  const program = join(folder, "pulumi");
  const before = process.env["PATH"];
  process.env["PATH"] = `${folder}${delimiter}${before ?? ""}`;
  return {
    does: async (script) => {
      await writeFile(program, `#!/bin/sh\n${script}\n`);
      await chmod(program, 0o755);
    },
    remove: async () => {
      process.env["PATH"] = before;
      await rm(folder, { recursive: true });
    },
  };
}
