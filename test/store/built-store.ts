/** Compiles the room for child processes, which run plain JavaScript. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The path of a program in `fixtures/`. */
export function fixture(name: string): string {
  return join(root, "test/store/fixtures", name);
}

/** Compile before the tests of a file; returns the function that names the directory. */
export function builtStore(): () => string {
  let directory = "";
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "lastack-built-store-"));
    const config = {
      extends: join(root, "tsconfig.json"),
      compilerOptions: {
        rootDir: join(root, "src"),
        outDir: directory,
        declaration: false,
        noCheck: true,
        typeRoots: [join(root, "node_modules/@types")],
      },
      files: [
        join(root, "src/store/create-recording.ts"),
        join(root, "src/store/recording-reader.ts"),
        join(root, "src/store/rotating-writer.ts"),
      ],
      include: [],
    };
    writeFileSync(join(directory, "tsconfig.json"), JSON.stringify(config));
    writeFileSync(join(directory, "package.json"), JSON.stringify({ type: "module" }));
    symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    await promisify(execFile)(process.execPath, [compiler, "-p", directory]);
  }, 180_000);
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return () => directory;
}
