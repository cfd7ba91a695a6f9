import { readFile, rename, writeFile } from "node:fs/promises";
import { Command } from "commander";
import { FileBackend } from "./file-backend.ts";
import { packReleases, unpackReleases } from "./release-archive.ts";
import { ReleaseError } from "./release-error.ts";
import { PROJECT } from "./release-history.ts";

/** `forecastctl releases export`: the history of a stack as one file. */
export function exportCommand(): Command {
  return new Command("export")
    .description("Write all releases of a stack into one archive, to take them to another backend. Secrets in it stay encrypted.")
    .argument("<file>", "the archive to write")
    .option("--stack <name>", "the stack", "dev")
    .addHelpText("after", "\nExample:\n  forecastctl releases export releases.gz --stack production")
    .action(async (file: string, { stack }: { readonly stack: string }) => {
      const files = await backend().files(stack);
      await writeFile(`${file}.new`, packReleases({ project: PROJECT, stack, files }), { mode: 0o600 });
      await rename(`${file}.new`, file);
      process.stdout.write(`${files.size} files of the history of ${stack} are in ${file}.\n`);
    });
}

/** `forecastctl releases import`: the way back of `export`, into the backend that the environment names. */
export function importCommand(): Command {
  return new Command("import")
    .description("Add the releases of an archive to the backend. What it has already stays as it is.")
    .argument("<file>", "an archive of forecastctl releases export")
    .addHelpText("after", "\nMove the state first (pulumi stack export, pulumi stack import), then its releases.\n\nExample:\n  PULUMI_BACKEND_URL=file:///srv/pulumi forecastctl releases import releases.gz")
    .action(async (file: string) => {
      const bytes = await readFile(file).catch(() => {
        throw new ReleaseError(`${file} cannot be read.`);
      });
      const { project, stack, files } = unpackReleases(bytes);
      if (project !== PROJECT) throw new ReleaseError(`The archive is of the project ${project}, not of ${PROJECT}. Nothing was imported.`);
      const added = await backend().add(stack, files);
      process.stdout.write(`${added} files were added to the history of ${stack}; ${files.size - added} were there.\n`);
    });
}

function backend(): FileBackend {
  return new FileBackend(process.env["PULUMI_BACKEND_URL"] ?? "", PROJECT);
}
