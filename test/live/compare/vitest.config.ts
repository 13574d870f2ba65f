// Plays the comparison with other tracers, which is no test: `npm run compare`.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: fileURLToPath(new URL("../../..", import.meta.url)),
  test: {
    cache: false,
    include: ["test/live/compare/*.play.ts"],
    testTimeout: 600_000,
  },
});
