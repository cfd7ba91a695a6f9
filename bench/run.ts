// npm run bench -- [NAME] [OPTION...]: runs one benchmark; docs/benchmarks.md has what they measured.

const benchmarks: Readonly<Record<string, { readonly about: string; readonly run: () => Promise<unknown> }>> = {
  flags: { about: "from a patch of a flag to the answer of ten pods (needs npm start), and what an evaluation costs", run: () => import("./flags.ts") },
  http: { about: "GET /api/forecasts at a steady rate, from Redis and from Postgres", run: () => import("./http.ts") },
  rollback: { about: "the three ways back, from the command to its end (needs npm start; --repeats N)", run: () => import("./rollback.ts") },
  restore: { about: "a million rows of demand backed up, verified and restored", run: () => import("./restore.ts") },
  queries: { about: "the seven GraphQL queries on a million days of demand", run: () => import("./queries.ts") },
  "hit-rate": { about: "reads that the cache answers on a trace of 200 queries", run: () => import("./hit-rate.ts") },
  csv: { about: "a million days of demand in and out as CSV, and the memory that they take", run: () => import("./csv.ts") },
  runs: { about: "forecast runs of 127 and 10,000 items (--items N, --repeats N), and the memory that they take", run: () => import("./runs.ts") },
  models: { about: "1,000 series forecast by each model, beside statsforecast (--python PATH)", run: () => import("./models.ts") },
  rollouts: { about: "How often the comparisons of staged rollouts are wrong, over 2,000 simulated rollouts of each kind", run: () => import("./rollouts.ts") },
};

const [name = "http"] = process.argv.slice(2);
const benchmark = benchmarks[name];
const list = Object.entries(benchmarks).map(([known, { about }]) => `  ${known.padEnd(8)} ${about}\n`).join("");
if (name === "--help") {
  process.stdout.write(`usage: npm run bench -- [NAME] [OPTION...]\n\n${list}\nWithout a name it is http. For example: npm run bench -- models --python /tmp/oracle/bin/python\n`);
} else if (benchmark === undefined) {
  process.stderr.write(`There is no benchmark "${name}"; there are:\n${list}`);
  process.exitCode = 64;
} else {
  await benchmark.run();
}
