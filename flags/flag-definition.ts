import { z } from "zod";

/** Where a stack runs; each flag has a default for every one. */
export const environments = ["dev", "staging", "production"] as const;
export type Environment = (typeof environments)[number];

export const flagName = z.string().regex(/^[A-Z][A-Z0-9_]*$/, "a name such as ENABLE_HYBRID_FORECASTING");

/** A short word such as `on`: what evaluation answers with beside the value. */
const variantName = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "a word such as on or delay-300");

const perEnvironment = z.strictObject({ dev: variantName, staging: variantName, production: variantName });

const common = {
  /** Variant that everybody gets unless an override or a rollout says otherwise. */
  default: perEnvironment,
  /** The variant that is known to work: where a rollout that fails goes back to. */
  safe: variantName,
  /** What identifies who is on which side of a staged rollout. */
  targetingKey: z.enum(["tenant:facility:sku", "tenant:facility", "user", "process"]),
  owner: z.enum(["forecasting", "platform", "warehouse"]),
  description: z.string().min(20),
  /** When the flag should be gone or renewed. */
  expires: z.iso.date(),
};

/** One feature flag. The values of the variants have the flag's type; numbers say their unit in the description. */
export const flagDefinition = z
  .discriminatedUnion("type", [
    z.strictObject({ type: z.literal("boolean"), variants: z.record(variantName, z.boolean()), ...common }),
    z.strictObject({ type: z.literal("number"), variants: z.record(variantName, z.number()), minimum: z.number(), maximum: z.number(), ...common }),
    z.strictObject({ type: z.literal("string"), variants: z.record(variantName, z.string()), ...common }),
  ])
  .superRefine((flag, context) => {
    for (const [path, variant] of [...Object.entries(flag.default), ["safe", flag.safe] as const]) {
      if (!(variant in flag.variants)) context.addIssue({ code: "custom", path: [path], input: variant, message: `there is no variant ${variant}` });
    }
    if (flag.type !== "number") return;
    for (const [variant, value] of Object.entries(flag.variants)) {
      if (value < flag.minimum || value > flag.maximum) context.addIssue({ code: "custom", path: ["variants", variant], input: value, message: `must lie between ${flag.minimum} and ${flag.maximum}` });
    }
  });

export type FlagDefinition = z.infer<typeof flagDefinition>;
export type FlagDefinitions = Readonly<Record<string, FlagDefinition>>;

/** Throws one error naming every flag and field that is wrong. */
export function parseFlagDefinitions(definitions: unknown): FlagDefinitions {
  const parsed = z.record(flagName, flagDefinition).safeParse(definitions);
  if (!parsed.success) throw new Error(`The flag definitions are wrong:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
