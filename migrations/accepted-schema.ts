/**
 * The oldest schema that this release's service works with: the newest
 * migration whose tables or columns it cannot do without. It rises with every
 * migration that the service needs.
 */
export const OLDEST_SCHEMA = "0.0.22";
