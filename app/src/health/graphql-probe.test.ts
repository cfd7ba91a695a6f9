import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { buildSchema, parse, validate } from "graphql";
import { documents, PROBED_OPERATIONS } from "./graphql-probe.ts";

it("the probe asks for every query and mutation of the contract", () => {
  const schema = buildSchema(readFileSync(join(import.meta.dirname, "../api/schema.graphql"), "utf8"));
  const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) => Object.keys(type?.getFields() ?? {}));
  expect(fields.filter((field) => !documents.some((document) => document.includes(`${field}(`) || document.includes(`${field} @skip`)))).toEqual([]);
  expect(fields).toHaveLength(PROBED_OPERATIONS);
  for (const document of documents) expect(validate(schema, parse(document))).toEqual([]);
});
