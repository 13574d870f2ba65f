/** A directory of its own for each test file, removed afterwards. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** Make the directory; call it once, at the top of a test file. */
export function scratch(): {
  path(name: string): string;
  put(name: string, data: string | Buffer): string;
} {
  const directory = mkdtempSync(join(tmpdir(), "lastack-store-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const path = (name: string): string => join(directory, name);
  return {
    path,
    put(name, data) {
      writeFileSync(path(name), data);
      return path(name);
    },
  };
}
