import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dayNumber, type DemandPeriod, isoDate } from "../src/forecasting/demand-series.ts";
import { type Random, seededRandom } from "./random.ts";
import { type Range, SAMPLE_END, SEED, type Shape, type ShapeName, shapes } from "./shapes.ts";

/** One item of the sample with its whole demand. */
export interface SampleItem {
  readonly sku: string;
  readonly name: string;
  /** `real`, or the shape that the item was generated in. */
  readonly category: "real" | ShapeName;
  readonly unit: string;
  readonly period: DemandPeriod;
  readonly demand: readonly { readonly date: string; readonly quantity: number }[];
  readonly onHand: number;
}

/** 1,357 weeks, so that every day keeps its weekday. */
const SHOP_MOVED_DAYS = 1_357 * 7;
const PRESCRIPTIONS_MOVED_YEARS = 16;

const realSeries = join(import.meta.dirname, "real-series");

/**
 * The sample catalogue: the two real series and generated items in seven
 * shapes. The same `count` gives the same items on every machine; 127 is the
 * catalogue that accuracy is published for, more items repeat its mixture.
 */
export function* sampleCatalogue(count = 127): Generator<SampleItem> {
  yield* [shopSales(), prescriptions()].slice(0, count);
  const mixture = Object.entries(shapes).flatMap(([name, shape]) => Array.from({ length: shape.count }, () => [name as ShapeName, shape] as const));
  for (let index = 0; index < count - 2; index += 1) {
    const [name, shape] = mixture[index % mixture.length] as (typeof mixture)[number];
    yield generatedItem(index, name, shape);
  }
}

function generatedItem(index: number, name: ShapeName, shape: Shape): SampleItem {
  const random = seededRandom(SEED + index);
  const draw = ([low, high]: Range) => random.between(low, high);
  const days = Math.round(draw(shape.days));
  const mean = draw(shape.mean);
  const variation = draw(shape.variation);
  const probability = draw(shape.probability ?? [1, 1]);
  const growth = draw(shape.growth ?? [0, 0]);
  const weekdays = weekdayFactors(random, draw(shape.weekdayAmplitude ?? [0, 0]));
  const stop = days - Math.round(draw(shape.stoppedBefore ?? [0, 0]));
  const firstDay = dayNumber(SAMPLE_END) - days + 1;
  const demand: { date: string; quantity: number }[] = [];
  for (let day = 0; day < stop; day += 1) {
    const happens = random.next() < probability;
    const expected = mean * (1 + (growth * day) / days) * (weekdays[(firstDay + day) % 7] ?? 1);
    const quantity = Math.round(random.gamma(expected, expected * variation));
    // The first day is written even when it is 0: it is where the item's history starts.
    if ((happens && quantity > 0) || day === 0) demand.push({ date: isoDate(firstDay + day), quantity: happens ? quantity : 0 });
  }
  const number = String(index + 1).padStart(4, "0");
  return { sku: `SKU-${number}`, name: `Sample item ${number} (${name})`, category: name, unit: "each", period: "day", demand, onHand: Math.round(14 * mean * probability) };
}

/** Factors of the seven weekdays with mean 1: a wave whose best day is drawn. */
function weekdayFactors(random: Random, amplitude: number): number[] {
  const best = Math.floor(random.between(0, 7));
  return Array.from({ length: 7 }, (_, weekday) => 1 + amplitude * Math.cos((2 * Math.PI * (weekday - best)) / 7));
}

function shopSales(): SampleItem {
  const demand = rowsOf("cdnow-daily.csv").map(([date = "", units]) => ({ date: isoDate(dayNumber(date) + SHOP_MOVED_DAYS), quantity: Number(units) }));
  return { sku: "REAL-CDNOW", name: "Online shop, units per day (CDNOW)", category: "real", unit: "each", period: "day", demand, onHand: 2_000 };
}

function prescriptions(): SampleItem {
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const demand = rowsOf("pbs-monthly.csv").map(([month = "", scripts]) => {
    const [year, name = ""] = month.split(" ");
    return { date: `${Number(year) + PRESCRIPTIONS_MOVED_YEARS}-${String(months.indexOf(name) + 1).padStart(2, "0")}-01`, quantity: Number(scripts) };
  });
  return { sku: "REAL-PBS", name: "Prescriptions per month (PBS)", category: "real", unit: "each", period: "month", demand, onHand: 10 };
}

function rowsOf(file: string): string[][] {
  const [, ...lines] = readFileSync(join(realSeries, file), "utf8").trim().split("\n");
  return lines.map((line) => line.split(","));
}
