/** A directory for what the unit tests compile, removed when the last of their processes has ended. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The directory; anybody may read it. */
    builds: string;
  }
}

/** Called by vitest once, before and after all. */
export default function setup(project: TestProject): () => void {
  const directory = mkdtempSync(join(tmpdir(), "lastack-builds-"));
  chmodSync(directory, 0o755);
  project.provide("builds", directory);
  return () => rmSync(directory, { recursive: true, force: true });
}
