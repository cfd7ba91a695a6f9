import { dumpSchema } from "../src/migrate/schema-dump.ts";
import { recordSchema } from "../src/migrate/recorded-schema.ts";
import { startTestServer } from "../src/test-support/test-database.ts";
import { asSuperuser } from "./provision.ts";

// npm run schema:update: records the schema that the migrations make.
const server = await startTestServer();
try {
  await recordSchema(await asSuperuser(server.superuser, await server.createDatabase(), dumpSchema));
} finally {
  await server.remove();
}
