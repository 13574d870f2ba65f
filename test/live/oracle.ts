/** The scenarios' second witness: a bpftrace of its own that sees what ss is too slow to show. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type TcpState, tcpStateOf } from "../../src/event/tcp-state.ts";

/** The life of one kernel socket, from its first state change to CLOSE. */
export interface Life {
  readonly netns: number;
  localPort: number;
  remotePort: number;
  /** States in order; a repeated state is an orphan being made and stands once. */
  readonly states: TcpState[];
  /** `sk_err` at the change to CLOSE, 0 before. */
  error: number;
  /** Kinds of the segments sent again. */
  readonly resent: ("DATA" | "DATA+FIN" | "FIN" | "SYN")[];
  /** Reasons of the resets that this socket sent. */
  readonly resets: number[];
  readonly bornAt: bigint;
}

interface Line {
  readonly kind: string;
  readonly at: bigint;
  readonly sk: string;
  readonly rest: readonly number[];
}

/** A running witness. */
export class Oracle {
  readonly #child: ChildProcess;
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
        else this.#lines.push(parseLine(data));
      });
    });
  }
}

function parseLine(text: string): Line {
  const [kind = "", at = "0", sk = "", ...rest] = text.trim().split(" ");
  return { kind, at: BigInt(at), sk, rest: rest.map(Number) };
}

function readLives(lines: readonly Line[]): Life[] {
  const lives: Life[] = [];
  const current = new Map<string, Life>();
  for (const line of [...lines].sort((a, b) => Number(a.at - b.at))) {
    const life = current.get(line.sk);
    if (line.kind === "s") stepState(line, life, current, lives);
    else if (line.kind === "r" && line.rest[1] === 0) life?.resent.push(resendKind(line.rest));
    else if (line.kind === "x") life?.resets.push(line.rest[0] ?? -1);
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
      ? { netns, localPort, remotePort, states: [], error: 0, resent: [], resets: [], bornAt: at }
      : known;
  if (life !== known) {
    lives.push(life);
    current.set(sk, life);
  }
  if (localPort) life.localPort = localPort;
  if (remotePort) life.remotePort = remotePort;
  if (state === "CLOSE") life.error = error;
  else if (life.states.at(-1) !== state) life.states.push(state);
}

function resendKind([, , flags = 0, payload = 0]: readonly number[]): Life["resent"][number] {
  if (flags & 2) return "SYN";
  if (flags & 1) return payload > 0 ? "DATA+FIN" : "FIN";
  return "DATA";
}
