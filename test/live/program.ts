/** Runs the built program as a user would, and waits for what it says. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const LAUNCHER = fileURLToPath(new URL("../../bin/lastack.js", import.meta.url));

/** How a run ended, with everything it printed. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running `lastack`. */
export class Program {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = "";
  stderr = "";

  /** @param through a command that becomes what it is given, such as `unshare --mount` */
  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    through: readonly string[] = [],
  ) {
    const [command = "", ...rest] = [...through, process.execPath, LAUNCHER, ...args];
    this.child = spawn(command, rest, {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.ended = once(this.child, "close").then(([code, signal]) => ({
      code,
      signal,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  /** Resolves when stdout or stderr holds a match; rejects when the program ends without one. */
  async until(stream: "stdout" | "stderr", pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this[stream]);
      if (match !== null) return match;
      const source = this.child[stream];
      if (source === null) throw new Error(`no ${stream}`);
      const next = once(source, "data");
      const isOver = await Promise.race([next.then(() => false), this.ended.then(() => true)]);
      if (isOver && !pattern.test(this[stream])) {
        throw new Error(`ended without ${pattern}: ${this.stderr}`);
      }
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

/** Run to the end. */
export function lastack(...args: string[]): Promise<Ended> {
  return new Program(args).ended;
}
