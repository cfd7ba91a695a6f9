import type pg from "pg";

interface Line {
  readonly line: string;
}

/** What a schema consists of, one line per thing, in an order that does not depend on when it was made. */
const dumps: Readonly<Record<string, string>> = {
  Columns: `
    SELECT format('%I.%I.%I %s%s%s', n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
             CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,
             CASE WHEN a.attidentity <> '' THEN ' IDENTITY ' || a.attidentity::text WHEN d.adbin IS NULL THEN ''
               ELSE CASE WHEN a.attgenerated <> '' THEN ' GENERATED ' ELSE ' DEFAULT ' END || pg_get_expr(d.adbin, d.adrelid) END) AS line
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE NOT a.attisdropped AND a.attnum > 0 AND c.relkind IN ('r', 'p', 'v', 'm')`,
  Constraints: `
    SELECT format('%s.%I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) AS line
    FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace WHERE c.conrelid <> 0 AND c.contype <> 'n'`,
  Indexes: `SELECT indexdef AS line FROM pg_indexes i JOIN pg_namespace n ON n.nspname = i.schemaname WHERE true`,
  Views: `SELECT format('%I.%I AS %s', n.nspname, c.relname, pg_get_viewdef(c.oid)) AS line FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm')`,
  Functions: `
    SELECT format('%I.%I(%s) %s', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid), md5(pg_get_functiondef(p.oid))) AS line
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prokind IN ('f', 'p')`,
  Triggers: `SELECT pg_get_triggerdef(t.oid) AS line FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal`,
  Policies: `
    SELECT format('%s %I %s %s USING %s CHECK %s', p.polrelid::regclass, p.polname, p.polcmd, CASE WHEN c.relforcerowsecurity THEN 'forced' ELSE 'not forced' END, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) AS line
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE true`,
  Privileges: `
    SELECT format('%I.%I %s', n.nspname, c.relname, array_to_string(ARRAY(SELECT acl::text FROM unnest(c.relacl) acl ORDER BY 1), ' ')) AS line
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relacl IS NOT NULL`,
};

/** What belongs to an extension is that extension's, not the schema's. */
const own = (alias: string) => `NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = ${alias}.oid AND e.deptype = 'e')`;

/**
 * Describes the schemas `public` and `pgboss` as text that can be compared:
 * equal texts mean equal schemas. The table of migrations itself is left out.
 */
export async function dumpSchema(client: pg.Client): Promise<string> {
  const sections: string[] = [];
  for (const [title, sql] of Object.entries(dumps)) {
    const extension = title === "Functions" ? own("p") : title === "Columns" || title === "Views" || title === "Privileges" ? own("c") : "true";
    const { rows } = await client.query<Line>(`${sql} AND n.nspname IN ('public', 'pgboss') AND ${extension}`);
    const lines = rows.map(({ line }) => line.trim()).filter((line) => !line.includes("schema_version")).sort();
    sections.push(`-- ${title}\n${lines.join("\n")}\n`);
  }
  return sections.join("\n");
}
