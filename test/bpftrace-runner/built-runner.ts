/** Compiles the room alone into a directory, as a program outside of this repository would use it. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The compiled room. */
export interface BuiltRunner {
  /** The module to import. */
  readonly entry: string;
  remove(): void;
}

/** Compile `src/bpftrace-runner`, following its imports; fails if they leave the room. */
export async function buildRunner(): Promise<BuiltRunner> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const room = join(root, "src/bpftrace-runner");
  const directory = mkdtempSync(join(tmpdir(), "built-runner-"));
  const config = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: {
      rootDir: room,
      outDir: directory,
      declaration: false,
      typeRoots: [join(root, "node_modules/@types")],
    },
    files: [join(room, "index.ts")],
    include: [],
  };
  writeFileSync(join(directory, "tsconfig.json"), JSON.stringify(config));
  writeFileSync(join(directory, "package.json"), JSON.stringify({ type: "module" }));
  await promisify(execFile)(process.execPath, [
    join(root, "node_modules/typescript/bin/tsc"),
    "-p",
    directory,
  ]);
  const remove = () => rmSync(directory, { recursive: true, force: true });
  return { entry: join(directory, "index.js"), remove };
}
