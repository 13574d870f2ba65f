// Splits the tests in two pools: pure ones in parallel, those on the real kernel one file at a time.
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const LIVE = "test/**/*.sudo.test.ts";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    // As root it would leave a cache in node_modules that the checkout's owner cannot replace.
    cache: false,
    projects: [
      {
        test: {
          name: "unit",
          // A process and a module graph for each of 200 files cost a second of CPU each: files of
          // one worker share them, so what a test changes in its process it must put back.
          isolate: false,
          include: ["test/**/*.test.ts"],
          exclude: [LIVE],
          setupFiles: "test/step-aside.ts",
          globalSetup: "test/builds.ts",
          maxWorkers: availableParallelism(),
          // Beside the live tests, or on a host that is busy, they take many times as long.
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        // Probes see the whole host, so two live tests at once would see each other's connections;
        // and findings go by the process, so each file has its own.
        test: {
          name: "live",
          include: [LIVE],
          globalSetup: "test/live/try-tracing.ts",
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
