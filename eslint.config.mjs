import graphql from "@graphql-eslint/eslint-plugin";
import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** Directions in which the workspaces may import each other (docs/architecture.md). */
const forbidden = {
  flags: ["app", "infra", "delivery", "local", "monitoring", "alerts", "dashboards", "rollouts"],
  rollouts: ["app", "infra", "delivery", "local", "alerts", "dashboards"],
  monitoring: ["app", "infra", "delivery", "local", "alerts", "dashboards", "flags", "rollouts"],
  alerts: ["app", "infra", "delivery", "local", "dashboards", "flags", "rollouts"],
  dashboards: ["app", "infra", "delivery", "local", "flags", "rollouts"],
  migrations: ["app", "infra", "delivery", "local"],
  app: ["infra", "delivery", "local"],
  infra: ["app", "delivery", "local"],
  delivery: ["app", "infra"],
  local: ["app", "infra", "delivery"],
};

/** @param {string} workspace @param {string} other */
function refuse(workspace, other) {
  return { group: [`@forecast-stack/${other}`, `@forecast-stack/${other}/*`, `**/../${other}/**`], message: `${workspace}/ must not import ${other}/.` };
}

export default defineConfig(
  { ignores: ["**/dist/", "**/node_modules/", "coverage/"] },
  {
    files: ["**/*.{ts,tsx,mjs,js}"],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "max-lines": ["error", { max: 350, skipComments: true, skipBlankLines: true }],
      "no-console": "error",
    },
  },
  ...Object.entries(forbidden).map(([workspace, others]) => ({
    files: [`${workspace}/**/*.ts`],
    rules: { "no-restricted-imports": /** @type {["error", object]} */ (["error", { patterns: others.map((other) => refuse(workspace, other)) }]) },
  })),
  { files: ["app/src/platform/**/*.ts"], rules: { "no-restricted-imports": ["error", { patterns: [{ regex: "^\\.\\./(?!platform)(?!\\.\\.)[a-z]+/", message: "platform/ never imports a feature." }] }] } },
  {
    files: ["app/src/api/*.graphql"],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: "app/src/api/schema.graphql" } } },
    // Its types are those of an older ESLint.
    plugins: { "@graphql-eslint": { rules: /** @type {any} */ (graphql.rules) } },
    rules: {
      ...graphql.configs["flat/schema-recommended"].rules,
      "@graphql-eslint/description-style": ["error", { style: "inline" }],
      // The names of the queries are a contract with their callers, `get` included.
      "@graphql-eslint/naming-convention": ["error", { types: "PascalCase", FieldDefinition: "camelCase", InputValueDefinition: "camelCase", Argument: "camelCase", EnumValueDefinition: "UPPER_CASE" }],
      // Things are named by what people name them by: a sku, a facility, a run.
      "@graphql-eslint/strict-id-in-types": "off",
    },
  },
  { files: ["**/*.mjs"], languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } } },
);
