/** The tenant of every request, until tokens say which one it is. */
export const TENANT = "default";

/** The facility of rows that name none. */
export const DEFAULT_FACILITY = "main";
