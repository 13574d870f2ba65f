/** Compiles the program into a directory of this process, and runs it there as a user would. */
import { type ChildProcess, execFile, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, inject } from "vitest";
import { bundle, MAIN } from "../../bin/setup/bundle.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Loads everything, gives root up when told to, then runs: nobody may read this checkout. */
const LAUNCHER = `
import { main } from "./${MAIN}";
const { RUN_AS } = process.env;
if (RUN_AS !== undefined) {
  process.setgroups([]);
  process.setgid(Number(RUN_AS));
  process.setuid(Number(RUN_AS));
}
process.exitCode = await main(process.argv.slice(2));
`;

/**
 * Loads everything once, and then answers run after run: starting node and loading the program
 * costs half a second of CPU on a slow host, and most runs only read their arguments and a file.
 */
const SERVER = `
import { main } from "./${MAIN}";
const streams = { stdout: process.stdout, stderr: process.stderr };
for (const stream of Object.values(streams)) stream.setMaxListeners(0);
process.on("message", async (args) => {
  const said = { stdout: "", stderr: "" };
  for (const [name, stream] of Object.entries(streams)) {
    stream.write = (chunk, encoding, done) => {
      said[name] += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
      const taken = typeof encoding === "function" ? encoding : done;
      if (taken) setImmediate(taken);
      return true;
    };
  }
  process.exitCode = undefined;
  const code = await main(args);
  process.send({ code, signal: null, ...said });
});
`;

/** The uid of a user who may do nothing. */
export const NOBODY = 65_534;

/** How a run ended, with everything it printed. */
export interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string | Buffer;
  readonly cwd?: string;
  /** Become this user before the arguments are read; needs root. */
  readonly uid?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** A place for files, and the program. */
export interface BuiltProgram {
  readonly directory: string;
  /** Write a file and return its path. */
  file(name: string, content: string | Buffer): string;
  run(args: readonly string[], options?: RunOptions): Promise<Run>;
  /** Run in a shell's pipe: \`lastack ARGS | COMMAND\`; the codes of both, the program's first. */
  pipe(args: readonly string[], command: string): Promise<Run>;
}

/** The compiled program; the test files of one process share it. */
let build: Promise<string> | undefined;

async function compile(): Promise<string> {
  const home = mkdtempSync(join(inject("builds"), "program-"));
  chmodSync(home, 0o755);
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  const args = ["-p", ROOT, "--outDir", join(home, "dist"), "--declaration", "false"];
  // Types are checked elsewhere; what matters here is what is emitted.
  await promisify(execFile)(process.execPath, [compiler, "--noCheck", ...args]).catch(() => {});
  if (!existsSync(join(home, "dist/cli/main.js"))) throw new Error("the compiler emitted nothing");
  await bundle(home);
  for (const name of ["node_modules", "probes", "package.json"]) {
    symlinkSync(join(ROOT, name), join(home, name));
  }
  writeFileSync(join(home, "launcher.js"), LAUNCHER);
  writeFileSync(join(home, "server.js"), SERVER);
  return home;
}

/** Compile before the tests of a file; the program is there in every test. */
export function builtProgram(): BuiltProgram {
  let home = "";
  let directory = "";
  let server: Server | null = null;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "lastack-files-"));
    chmodSync(directory, 0o755);
    build ??= compile();
    home = await build;
  }, 120_000);
  afterAll(() => {
    server?.end();
    rmSync(directory, { recursive: true, force: true });
  });
  const launcher = () => join(home, "launcher.js");
  return {
    get directory() {
      return directory;
    },
    file(name, content) {
      const path = join(directory, name);
      writeFileSync(path, content);
      return path;
    },
    run(args, options = {}) {
      // What reads stdin, or is somebody else somewhere else, gets a process of its own.
      const isPlain = Object.keys(options).length === 0 && !args.includes("-");
      if (!isPlain) return finish(process.execPath, [launcher(), ...args], options);
      server ??= new Server(join(home, "server.js"));
      return server.run(args);
    },
    pipe(args, command) {
      const script = `"$0" "$@" | ${command}; printf "%s\\n" "\${PIPESTATUS[@]}"`;
      return finish(
        "/bin/bash",
        ["--norc", "-c", script, process.execPath, launcher(), ...args],
        {},
      );
    },
  };
}

/** One process for many runs, one after the other; what ends it ends the run it was at. */
class Server {
  readonly #path: string;
  #child: ChildProcess | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  run(args: readonly string[]): Promise<Run> {
    const run = this.#last.then(() => this.#runNow(args));
    this.#last = run;
    return run;
  }

  end(): void {
    this.#child?.disconnect();
  }

  #runNow(args: readonly string[]): Promise<Run> {
    const child = this.#started();
    return new Promise((resolve) => {
      const onEnd = (code: number | null, signal: NodeJS.Signals | null) => {
        this.#child = null;
        resolve({ code, signal, stdout: "", stderr: "the program ended its process" });
      };
      child.once("exit", onEnd);
      child.once("message", (run) => {
        child.off("exit", onEnd);
        resolve(run as Run);
      });
      child.send(args);
    });
  }

  #started(): ChildProcess {
    this.#child ??= fork(this.#path, [], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: { PATH: process.env.PATH ?? "" },
    });
    return this.#child;
  }
}

async function finish(command: string, args: readonly string[], options: RunOptions): Promise<Run> {
  const { input, cwd, uid, env = {} } = options;
  const child = spawn(command, args, {
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH ?? "",
      ...env,
      ...(uid === undefined ? {} : { RUN_AS: String(uid) }),
    },
    ...(cwd === undefined ? {} : { cwd }),
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdin.on("error", () => {});
  child.stdin.end(input ?? "");
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout, stderr };
}
