/** Reads and writes small files of /proc as a network namespace sees them, quickly. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** What to do in the namespace; its files are written before others are read. */
export interface Visit {
  readonly write?: Readonly<Record<string, string>>;
  readonly read?: readonly string[];
}

interface Waiting {
  readonly resolve: (text: string) => void;
  readonly reject: (error: Error) => void;
}

/** Visit the namespace that this file leads to; answers with what was read, in one text. */
export function visit(path: string, what: Visit): Promise<string> {
  visitor ??= new Visitor();
  return visitor.ask({ path, ...what });
}

let visitor: Visitor | undefined;

/** The process that enters the namespaces; one for all, started when first asked. */
class Visitor {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor() {
    const script = fileURLToPath(new URL("visitor.py", import.meta.url));
    const argv = ["--pdeathsig", "KILL", "--", "/usr/bin/python3", "-I", "-S", script];
    const child = spawn("setpriv", argv, { stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    process.once("exit", () => child.kill("SIGKILL"));
    child.on("exit", (code) => this.#fail(new Error(`the visitor of namespaces ended (${code})`)));
    child.on("error", (error) => this.#fail(error));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      const { id, text, error } = JSON.parse(line);
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(text);
      else waiting?.reject(new Error(error));
    });
  }

  ask(request: Visit & { readonly path: string }): Promise<string> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdin?.write(`${JSON.stringify({ id, ...request })}\n`);
    });
  }

  #fail(error: Error): void {
    visitor = undefined;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
