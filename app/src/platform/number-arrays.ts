import pg from "pg";
import { valueOrUndefined } from "./json-text.ts";

/** What Postgres calls the types integer[] and double precision[] (pg_type.oid). */
const INTEGERS = 1007;
const DOUBLES = 1022;

/**
 * Reads columns as `pg` does, but arrays of numbers by the engine's own reader
 * of JSON: `pg` takes them character by character, and a page of forecasts has
 * 22,500 numbers.
 */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") => {
    const usual = pg.types.getTypeParser(oid, format as "text") as (text: string) => unknown;
    return oid === INTEGERS || oid === DOUBLES ? (text: string) => numbersIn(text) ?? usual(text) : usual;
  }) as typeof pg.types.getTypeParser,
};

/** The numbers of `{1,2.5}`; undefined for what JSON cannot say: NULL, NaN, infinities and arrays of arrays. */
function numbersIn(text: string): unknown {
  return valueOrUndefined(`[${text.slice(1, -1)}]`);
}
