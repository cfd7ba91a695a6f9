import { parseArgs } from "node:util";
import { writeSampleCsv } from "./write-sample-csv.ts";

// node app/sample/export.ts DIR [--items N]: writes the sample catalogue as CSV for the import routes.
const { positionals, values } = parseArgs({ allowPositionals: true, options: { items: { type: "string" } } });
const [directory] = positionals;
const items = values.items === undefined ? undefined : Number(values.items);
if (directory === undefined || (items !== undefined && !(Number.isInteger(items) && items > 0))) {
  process.stderr.write("usage: node app/sample/export.ts DIR [--items N]\n");
  process.exitCode = 64;
} else {
  process.stdout.write(`${JSON.stringify(await writeSampleCsv(directory, items))}\n`);
}
