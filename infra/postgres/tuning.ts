/** Postgres server parameters, by name. */
export type PostgresParameters = Readonly<Record<string, string>>;

const megabyte = 1;
const documentedMemory = 8192 * megabyte;

/**
 * The documented production tuning, scaled to the memory that Postgres has.
 *
 * With 8 GiB it is exactly the documents' table: shared_buffers 2GB,
 * effective_cache_size 6GB, work_mem 16MB, maintenance_work_mem 512MB,
 * wal_buffers 16MB. What does not depend on memory (SSD costs, checkpoints) is
 * the same everywhere.
 *
 * @param memoryMiB memory limit of the server in MiB
 */
export function postgresTuning(memoryMiB: number, maxConnections: number): PostgresParameters {
  const share = memoryMiB / documentedMemory;
  const scaled = (documentedMiB: number, atLeastMiB: number): string => inMegabytes(Math.max(atLeastMiB, Math.round(documentedMiB * Math.min(1, share))));
  return {
    max_connections: String(maxConnections),
    shared_buffers: inMegabytes(Math.round(memoryMiB / 4)),
    effective_cache_size: inMegabytes(Math.round((memoryMiB * 3) / 4)),
    work_mem: scaled(16, 2),
    maintenance_work_mem: scaled(512, 32),
    wal_buffers: scaled(16, 4),
    random_page_cost: "1.1",
    effective_io_concurrency: "200",
    checkpoint_completion_target: "0.9",
    // Compiling a statement takes longer than the service's statements do, and costs are overestimated where a policy hides how many rows there are.
    jit: "off",
  };
}

function inMegabytes(mebibytes: number): string {
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024}GB` : `${mebibytes}MB`;
}

/** The parameters as arguments of the server. */
export function asArguments(parameters: PostgresParameters): string[] {
  return Object.entries(parameters).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
