/** The stacks whose settings are kept in the repository. */
export const stacks = ["dev", "staging", "production"] as const;
