// Compiles a fixture program to JavaScript, as the package itself is, so that plain node can run it.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A compiled program, and how to remove it. */
export interface CompiledProgram {
  readonly script: string;
  readonly directory: string;
  remove(): void;
}

/** Compile one TypeScript file, given from the root of the project, with all that it imports. */
export function compileProgram(source: string): CompiledProgram {
  const directory = mkdtempSync(join(tmpdir(), "lastack-tui-"));
  symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"));
  mkdirSync(join(directory, "js"));
  const manifest = JSON.stringify({ type: "module", version: "0.0.0-test" });
  writeFileSync(join(directory, "js/package.json"), manifest);
  const config = {
    extends: join(ROOT, "tsconfig.json"),
    compilerOptions: {
      rootDir: ROOT,
      outDir: join(directory, "js"),
      declaration: false,
      allowJs: true,
      noCheck: true,
    },
    include: [],
    files: [join(ROOT, source), join(ROOT, "src/tui/blessed-contrib.d.ts")],
  };
  const project = join(directory, "tsconfig.json");
  writeFileSync(project, JSON.stringify(config));
  execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", project], { stdio: "pipe" });
  return {
    script: join(directory, "js", source.replace(/\.ts$/, ".js")),
    directory,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
