import pg from "pg";
import { valueOrUndefined } from "./json-text.ts";

/** The types integer[] and double precision[], as Postgres numbers them (pg_type.oid). */
const ARRAYS_OF_NUMBERS: ReadonlySet<number> = new Set([1007, 1022]);

/**
 * Reads columns as `pg` does, but arrays of numbers by the engine's own reader
 * of JSON: `pg` takes them character by character, and a page of forecasts has
 * 22,500 numbers.
 */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: (type, format) => {
    const usual = pg.types.getTypeParser(type, format) as (text: string) => unknown;
    return ARRAYS_OF_NUMBERS.has(type) ? (text: string) => numbersIn(text) ?? usual(text) : usual;
  },
};

/** The numbers of `{1,2.5}`; undefined for what JSON cannot say: NULL, NaN, infinities and arrays of arrays. */
function numbersIn(text: string): unknown {
  return valueOrUndefined(`[${text.slice(1, -1)}]`);
}
