const swc = {
  jsc: { parser: { syntax: "typescript", tsx: true }, target: "es2022" },
  module: { type: "es6" },
  sourceMaps: "inline",
};

const base = {
  extensionsToTreatAsEsm: [".ts", ".tsx"],
  transform: { "\\.tsx?$": ["@swc/jest", swc] },
  testEnvironment: "node",
};

/**
 * unit: pure decisions and Pulumi programs against mocks.
 * integration: beside the code, on a real Postgres (embedded, started per run).
 * e2e-alone: on the embedded cluster, one after the other: they stop it, or need all of its processors.
 * e2e: on the embedded cluster, each with a stack of its own beside the others'.
 */
export default {
  projects: [
    { ...base, displayName: "unit", testMatch: ["<rootDir>/*/**/*.test.ts"], testPathIgnorePatterns: ["/node_modules/", "/dist/", "<rootDir>/e2e/", "\\.integration\\.test\\.ts$"] },
    { ...base, displayName: "integration", testMatch: ["<rootDir>/*/**/*.integration.test.ts"], testPathIgnorePatterns: ["/node_modules/", "/dist/", "<rootDir>/e2e/"] },
    { ...base, displayName: "e2e-alone", testMatch: ["<rootDir>/e2e/alone/*.test.ts"] },
    { ...base, displayName: "e2e", testMatch: ["<rootDir>/e2e/*.test.ts"] },
  ],
};
