import pg from "pg";

/** Roles of the database, as the provisioning of a cluster makes them. */
export const roles = {
  owner: { user: "forecast_owner", password: "owner-password" },
  app: { user: "forecast_app", password: "app-password" },
} as const;

/** Makes the roles (once per server) and an empty database that `forecast_owner` owns, with its extensions. */
export async function provisionDatabase(superuser: pg.ClientConfig, database: string): Promise<void> {
  await asSuperuser(superuser, "postgres", async (client) => {
    for (const { user, password } of Object.values(roles)) {
      const { rowCount } = await client.query("SELECT FROM pg_roles WHERE rolname = $1", [user]);
      if (rowCount === 0) await client.query(`CREATE ROLE ${user} LOGIN PASSWORD '${password}'`);
    }
    await client.query(`CREATE DATABASE ${database} OWNER ${roles.owner.user}`);
  });
  await asSuperuser(superuser, database, async (client) => {
    await client.query('CREATE EXTENSION IF NOT EXISTS "uuid-ossp"');
    await client.query("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
  });
}

/** Runs `work` with a superuser's connection to `database`. */
export async function asSuperuser<T>(superuser: pg.ClientConfig, database: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...superuser, database });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
