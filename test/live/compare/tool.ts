/** Runs another tracer beside the scenarios and keeps what it printed. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A tracer of Debian's libbpf-tools, running. */
export class Tool {
  /** Each line with the time of its arrival, Unix ms. */
  readonly lines: { readonly at: number; readonly text: string }[] = [];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Start it; resolves with its heading, which it prints when its probes are attached. */
  static async start(name: "tcplife" | "tcpstates"): Promise<Tool> {
    const argv = ["-oL", `/usr/sbin/${name}`, "-w"];
    const child = spawn("stdbuf", argv, { stdio: ["ignore", "pipe", "inherit"] });
    const tool = new Tool(child);
    process.once("exit", () => child.kill("SIGKILL"));
    await new Promise<void>((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code) => reject(new Error(`${name} ended (${code})`)));
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
        if (/\bLPORT\b/.test(line)) resolve();
        else tool.lines.push({ at: Date.now(), text: line });
      });
    });
    return tool;
  }

  /** Parse what came until then; lines that are none of its own are left out. */
  read<T>(parse: (text: string) => T | null): (T & { readonly at: number })[] {
    return this.lines.flatMap(({ at, text }) => {
      const parsed = parse(text);
      return parsed === null ? [] : [{ ...parsed, at }];
    });
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, "close");
    this.#child.kill("SIGINT");
    await ended;
  }
}

/** A line of tcpstates: one change of state. */
export interface StatesLine {
  readonly comm: string;
  readonly localPort: number;
  readonly remotePort: number;
  readonly from: string;
  readonly to: string;
}

/** `SKADDR PID COMM IP LADDR LPORT RADDR RPORT OLDSTATE -> NEWSTATE MS`; null for any other. */
export function parseStatesLine(line: string): StatesLine | null {
  const pattern =
    /^\S+\s+\d+\s+(.*?)\s+[46]\s+\S+\s+(\d+)\s+\S+\s+(\d+)\s+(\S+)\s+->\s+(\S+)\s+[\d.]+\s*$/;
  const [, comm, local, remote, from, to] = pattern.exec(line) ?? [];
  if (comm === undefined || from === undefined || to === undefined) return null;
  return { comm, localPort: Number(local), remotePort: Number(remote), from, to };
}

/** A line of tcplife: one connection that is over. */
export interface LifeLine {
  readonly comm: string;
  readonly localPort: number;
  readonly remotePort: number;
  readonly ms: number;
}

/** `PID COMM LADDR LPORT RADDR RPORT TX_KB RX_KB MS`; null for any other line. */
export function parseLifeLine(line: string): LifeLine | null {
  const pattern = /^\d+\s+(.*?)\s+\S+\s+(\d+)\s+\S+\s+(\d+)\s+[\d.]+\s+[\d.]+\s+([\d.]+)\s*$/;
  const [, comm, local, remote, ms] = pattern.exec(line) ?? [];
  if (comm === undefined) return null;
  return { comm, localPort: Number(local), remotePort: Number(remote), ms: Number(ms) };
}
