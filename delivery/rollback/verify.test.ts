import { ApiException } from "@kubernetes/client-node";
import { expect, it } from "@jest/globals";
import { refusedPaths } from "./verify.ts";

const refused = (code: number, status: object) => new ApiException(code, "Unsuccessful HTTP Request", JSON.stringify(status), {});

it("an object that the API server would not let become what was recorded differs in the fields that it names", () => {
  const causes = [{ field: "spec.resources.requests.storage", message: "Forbidden: field can not be less than status.capacity" }];
  expect(refusedPaths(refused(422, { reason: "Invalid", message: "postgres-data is invalid", details: { causes: [...causes, ...causes, { message: "no field" }] } }))).toEqual(["spec.resources.requests.storage"]);
  expect(refusedPaths(refused(409, { reason: "Conflict", message: "it is being deleted" }))).toEqual(["refused: Conflict"]);
});

it("a refusal that says nothing of the object ends the comparison", () => {
  const forbidden = refused(403, { reason: "Forbidden" });
  expect(() => refusedPaths(forbidden)).toThrow(forbidden);
  expect(() => refusedPaths(new TypeError("fetch failed"))).toThrow("fetch failed");
});
