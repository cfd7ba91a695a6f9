import { cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repository } from "./test-stack.ts";

/** Everything that the Pulumi program reads. */
const folders = ["infra", "flags", "monitoring", "alerts", "dashboards", "migrations"] as const;
const files = ["package.json", "Pulumi.yaml"] as const;

/** The sources of one release, which can be edited, put away and thrown away. */
export class SourceCopy {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @param from the checkout, or another copy */
  static async make(folder: string, from: string = repository): Promise<SourceCopy> {
    await mkdir(join(folder, "node_modules", "@forecast-stack"), { recursive: true });
    for (const name of [...folders, ...files]) await cp(join(from, name), join(folder, name), { recursive: true, filter: (path) => !path.endsWith("/golden") });
    // The copy's own folders under their package names; all other packages are found a folder further up.
    for (const name of folders) await symlink(join("..", "..", name), join(folder, "node_modules", "@forecast-stack", name));
    await symlink(join(repository, "node_modules"), join(folder, "..", "node_modules")).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    });
    return new SourceCopy(folder);
  }

  /** @throws Error when the text is not there: the change would be none */
  async edit(file: string, text: string, replacement: string): Promise<void> {
    const path = join(this.folder, file);
    const content = await readFile(path, "utf8");
    if (!content.includes(text)) throw new Error(`${file} has no ${text} any more: the change that the test makes needs another text.`);
    await writeFile(path, content.replace(text, replacement));
  }

  async add(file: string, content: string): Promise<void> {
    await writeFile(join(this.folder, file), content);
  }
}

/** Takes all copies below a folder, and the packages that they find there, out of reach while something runs. */
export async function withoutSources<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  const away = `${folder}.away`;
  await rename(folder, away);
  try {
    return await work();
  } finally {
    await rename(away, folder);
  }
}

/** Deletes all copies below a folder. */
export async function removeSources(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
  await rm(folder, { recursive: true });
}
