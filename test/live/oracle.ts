/** The scenarios' second witness: a bpftrace of its own that sees what ss is too slow to show. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Life, type Line, parseLine, readLives } from "./lives.ts";

/** What the witness has seen. */
export interface Testimony {
  readonly lives: readonly Life[];
  /** Records that it cannot tell, because the kernel skipped its programs so many times. */
  readonly skipped: number;
}

/** A running witness. */
export class Oracle {
  readonly #child: ChildProcess;
  readonly #bootedAt = bootedAt();
  readonly #lines: Line[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Start to watch; when it resolves, every probe is attached. */
  static async start(): Promise<Oracle> {
    const script = fileURLToPath(new URL("oracle.bt", import.meta.url));
    const argv = ["--pdeathsig", "KILL", "--", "/usr/bin/bpftrace", "-f", "json", script];
    const child = spawn("setpriv", argv, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: "/usr/bin:/bin", BPFTRACE_PERF_RB_PAGES: "512" },
    });
    process.once("exit", () => child.kill("SIGKILL"));
    const oracle = new Oracle(child);
    await oracle.#listen();
    return oracle;
  }

  /** Stop watching and return every life, oldest first. */
  async stop(): Promise<Testimony> {
    const skipped = skippedRuns(this.#child.pid ?? 0);
    const ended = once(this.#child, "close");
    this.#child.kill("SIGINT");
    await ended;
    return { lives: readLives(this.#lines), skipped };
  }

  #listen(): Promise<void> {
    const { stdout, stderr } = this.#child;
    if (!stdout || !stderr) throw new Error("bpftrace without pipes");
    let problem = "";
    stderr.setEncoding("utf8").on("data", (text: string) => {
      problem += text;
    });
    return new Promise((resolve, reject) => {
      this.#child.on("error", reject);
      this.#child.on("exit", (code) => reject(new Error(`bpftrace ended (${code}): ${problem}`)));
      createInterface({ input: stdout }).on("line", (text) => {
        if (text === "") return;
        const { type, data } = JSON.parse(text);
        if (type !== "printf") return;
        if (data.startsWith("ready")) resolve();
        else this.#lines.push(parseLine(data, this.#bootedAt));
      });
    });
  }
}

/** The Unix time in ms at which the boot clock, which bpftrace's `nsecs` reads, was 0. */
function bootedAt(): number {
  const code = "import time; print(time.time() - time.clock_gettime(time.CLOCK_BOOTTIME))";
  return Number(execFileSync("/usr/bin/python3", ["-I", "-S", "-c", code])) * 1000;
}

/** How often the kernel left out a program of this process because another was running. */
function skippedRuns(pid: number): number {
  const directory = `/proc/${pid}/fdinfo`;
  return readdirSync(directory)
    .map((fd) => readFileSync(`${directory}/${fd}`, "utf8"))
    .reduce((sum, text) => sum + Number(/^recursion_misses:\s*(\d+)/m.exec(text)?.[1] ?? 0), 0);
}
