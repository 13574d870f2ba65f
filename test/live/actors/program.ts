/** Foreign programs as ends of a connection: nginx, redis-server, curl, a pooled node client. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Namespace } from "../namespace.ts";

const running = new Set<ChildProcess>();
const places = ["/usr/sbin", "/usr/bin", "/usr/local/bin", "/sbin", "/bin"];

/** The names of those programs that this host lacks. */
export function missingPrograms(names: readonly string[]): string[] {
  return names.filter((name) => !places.some((place) => existsSync(join(place, name))));
}

/** A program that runs in a namespace until it ends or is disposed of. */
export class Program {
  /** A directory of its own, gone when the program is disposed of. */
  readonly directory: string;
  readonly #child: ChildProcess;
  #output = "";

  private constructor(child: ChildProcess, directory: string) {
    this.#child = child;
    this.directory = directory;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#output += text;
    });
  }

  /**
   * Start a program; `argv` is made from the directory that it may write to.
   *
   * The kernel kills it when this process dies, however that happens.
   */
  static async start(
    namespace: Namespace,
    argv: (directory: string) => Promise<readonly string[]> | readonly string[],
  ): Promise<Program> {
    const directory = await mkdtemp(join(tmpdir(), "lt-program-"));
    const [command, args] = namespace.command(await argv(directory));
    const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", command, ...args], {
      cwd: directory,
      stdio: ["pipe", "pipe", "ignore"],
    });
    running.add(child);
    child.on("exit", () => running.delete(child));
    return new Program(child, directory);
  }

  /** The process id. */
  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Close the program's standard input: the word on which `http-pool.mjs` acts. */
  endInput(): void {
    this.#child.stdin?.end();
  }

  /** Wait until the program has ended; resolves with what it printed. */
  async ended(): Promise<string> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode === null && signalCode === null) await once(this.#child, "close");
    return this.#output;
  }

  /** What it has printed, for the report of a failure. */
  describe(): string {
    return `program ${this.pid} printed ${JSON.stringify(this.#output)}`;
  }

  /** Kill the program by its pid and remove its directory. */
  async dispose(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended();
    await rm(this.directory, { recursive: true, force: true });
  }
}

process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
