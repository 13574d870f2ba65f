/** The scenarios' second witness: a bpftrace of its own that sees what ss is too slow to show. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ResendKind } from "../../src/core/endpoint.ts";
import { type TcpState, tcpStateOf } from "../../src/event/tcp-state.ts";

/** The life of one kernel socket, from its first state change to CLOSE; times in Unix ms. */
export interface Life {
  readonly netns: number;
  localPort: number;
  remotePort: number;
  /** A change to the same state is an orphan being made. */
  readonly changes: { readonly at: number; readonly state: TcpState; readonly error: number }[];
  /** Segments sent again; attempts that failed locally left out. */
  readonly resent: { readonly at: number; readonly kind: ResendKind }[];
  /** Resets that this socket sent, by the kernel's reason number. */
  readonly resets: { readonly at: number; readonly reason: number }[];
}

interface Line {
  readonly kind: string;
  readonly at: number;
  readonly sk: string;
  readonly rest: readonly number[];
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
    const child = spawn("/usr/bin/bpftrace", ["-f", "json", script], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: "/usr/bin:/bin", BPFTRACE_PERF_RB_PAGES: "512" },
    });
    process.once("exit", () => child.kill("SIGKILL"));
    const oracle = new Oracle(child);
    await oracle.#listen();
    return oracle;
  }

  /** Stop watching and return every life, oldest first. */
  async stop(): Promise<Life[]> {
    const ended = once(this.#child, "close");
    this.#child.kill("SIGINT");
    await ended;
    return readLives(this.#lines);
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

function parseLine(text: string, zero: number): Line {
  const [kind = "", at = "0", sk = "", ...rest] = text.trim().split(" ");
  return { kind, at: zero + Number(at) / 1e6, sk, rest: rest.map(Number) };
}

function readLives(lines: readonly Line[]): Life[] {
  const lives: Life[] = [];
  const current = new Map<string, Life>();
  for (const line of [...lines].sort((a, b) => a.at - b.at)) {
    const { kind, at, rest } = line;
    const life = current.get(line.sk);
    if (kind === "s") stepState(line, life, current, lives);
    else if (kind === "r" && rest[1] === 0) life?.resent.push({ at, kind: resendKind(rest) });
    else if (kind === "x") life?.resets.push({ at, reason: rest[0] ?? -1 });
  }
  return lives;
}

function stepState(
  { at, sk, rest }: Line,
  known: Life | undefined,
  current: Map<string, Life>,
  lives: Life[],
): void {
  const [netns = 0, from = 0, to = 0, localPort = 0, remotePort = 0, error = 0] = rest;
  const [old, state] = [tcpStateOf(from), tcpStateOf(to)];
  if (state === null || state === "LISTEN" || (old === "LISTEN" && state !== "SYN_RECV")) return;
  const isBirth = state === "SYN_SENT" || old === "LISTEN";
  const life =
    isBirth || !known
      ? { netns, localPort, remotePort, changes: [], resent: [], resets: [] }
      : known;
  if (life !== known) {
    lives.push(life);
    current.set(sk, life);
  }
  if (localPort) life.localPort = localPort;
  if (remotePort) life.remotePort = remotePort;
  life.changes.push({ at, state, error });
}

function resendKind([, , flags = 0, payload = 0]: readonly number[]): ResendKind {
  if (flags & 2) return "SYN";
  if (flags & 1) return payload > 0 ? "DATA+FIN" : "FIN";
  return "DATA";
}
