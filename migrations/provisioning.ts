/** Names of a database and of the roles that use it. */
export interface DatabaseNames {
  readonly name: string;
  /** Owns the schema; only migrations use it. */
  readonly owner: string;
  /** Reads and writes rows; the service uses it. */
  readonly app: string;
  /** Reads statistics; the exporter uses it. Undefined where there is none. */
  readonly monitor: string | undefined;
}

const extensions = ["uuid-ossp", "pg_stat_statements"];

/** What an administrator does once inside a new database, before its first migration. */
export function provisioningSql({ name, owner, app, monitor }: DatabaseNames): string[] {
  return [
    `REVOKE ALL ON DATABASE ${name} FROM PUBLIC;`,
    `GRANT CONNECT, TEMPORARY ON DATABASE ${name} TO ${app};`,
    ...(monitor === undefined ? [] : [`GRANT CONNECT ON DATABASE ${name} TO ${monitor};`]),
    ...extensions.map((extension) => `CREATE EXTENSION IF NOT EXISTS "${extension}";`),
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC;",
    `GRANT CREATE, USAGE ON SCHEMA public TO ${owner};`,
    `GRANT USAGE ON SCHEMA public TO ${app};`,
  ];
}
