import { createWriteStream, type WriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { once } from "node:events";
import { join } from "node:path";
import { sampleCatalogue } from "./catalogue.ts";

/** The facility at which the sample's items are stocked. */
const FACILITY = "main";

/**
 * Writes `items.csv`, `inventory.csv` and `demand.csv` for the import routes
 * into `directory` (made if it is missing), one item in memory at a time.
 *
 * @returns rows written per file, headers not counted
 */
export async function writeSampleCsv(directory: string, count?: number): Promise<{ items: number; inventory: number; demand: number }> {
  await mkdir(directory, { recursive: true });
  const open = (name: string, header: string) => {
    const stream = createWriteStream(join(directory, name));
    stream.write(`${header}\n`);
    return stream;
  };
  const items = open("items.csv", "sku,name,category,unit,demand_period");
  const inventory = open("inventory.csv", "sku,facility,quantity_on_hand,quantity_on_order,quantity_allocated");
  const demand = open("demand.csv", "sku,facility,date,quantity");
  const rows = { items: 0, inventory: 0, demand: 0 };
  for (const item of sampleCatalogue(count)) {
    await write(items, `${item.sku},"${item.name}",${item.category},${item.unit},${item.period}\n`);
    await write(inventory, `${item.sku},${FACILITY},${item.onHand},0,0\n`);
    await write(demand, item.demand.map(({ date, quantity }) => `${item.sku},${FACILITY},${date},${quantity}\n`).join(""));
    rows.items += 1;
    rows.inventory += 1;
    rows.demand += item.demand.length;
  }
  for (const stream of [items, inventory, demand]) {
    stream.end();
    await once(stream, "finish");
  }
  return rows;
}

async function write(stream: WriteStream, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, "drain");
}
