// @ts-check
// The tracers that are measured side by side: ours in each detail, libbpf-tools' and two one-liners.
import { spawn } from "node:child_process";
import { existsSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { mind } from "./children.js";
import { programs, stateProbes } from "./kernel-programs.js";

export const LAUNCHER = fileURLToPath(new URL("../../bin/lastack.js", import.meta.url));
const ONE_LINER = `
BEGIN { printf("ready\\n"); }
tracepoint:sock:inet_sock_set_state /args->protocol == 6/ {
  printf("%llu %llx %s:%d %s:%d %d %d %s %d\\n", nsecs, args->skaddr, ntop(args->saddr_v6), args->sport,
    ntop(args->daddr_v6), args->dport, args->oldstate, args->newstate, comm, pid);
}`;

/** The least that can be done at each change: to count it, on each CPU by itself. */
const COUNTING =
  "tracepoint:sock:inet_sock_set_state /args->protocol == 6/ { @[args->newstate] = count(); }";

/** @typedef {import("node:child_process").ChildProcess} ChildProcess */
/** @typedef {{ name: string, argv: (out: string) => string[] }} Tracer */

/** @param {string} name */
const tool = (name) =>
  ["/usr/sbin/", "/usr/bin/", "/usr/sbin/bpf-"].map((at) => at + name).find(existsSync);

/** @param {string} detail @returns {Tracer} */
const ours = (detail) => ({
  name: `lastack ${detail}`,
  argv: (out) => [process.execPath, LAUNCHER, "record", "-q", "-o", out, "--detail", detail],
});

/** @param {string} name @returns {Tracer[]} */
function libbpf(name) {
  const path = tool(name);
  return path === undefined ? [] : [{ name, argv: () => [path] }];
}

/** All that this host has. @type {readonly Tracer[]} */
export const TRACERS = [
  ...["transitions", "summary", "aggregate", "auto"].map(ours),
  ...libbpf("tcpstates"),
  ...libbpf("tcplife"),
  { name: "bpftrace one-liner", argv: () => ["bpftrace", "-e", ONE_LINER] },
  { name: "bpftrace counting", argv: () => ["bpftrace", "-e", COUNTING] },
];

/** A tracer that traces. */
export class RunningTracer {
  /** @param {ChildProcess} child @param {string} out */
  constructor(child, out) {
    this.child = child;
    this.out = out;
    this.pid = /** @type {number} */ (child.pid);
  }

  /**
   * Start a tracer that writes to a file, and wait until its state probe is attached.
   *
   * @param {Tracer} tracer
   */
  static async start({ name, argv }) {
    const out = join(tmpdir(), `lastack-bench-${process.pid}-${name.replaceAll(" ", "-")}.out`);
    rmSync(out, { force: true });
    const before = new Set(programs().map(({ id }) => id));
    const [command = "", ...args] = argv(out);
    const isOurs = name.startsWith("lastack");
    const sink = isOurs ? "ignore" : openSync(out, "w", 0o600);
    const child = mind(spawn(command, args, { stdio: ["ignore", sink, "pipe"] }));
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text) => {
      said = (said + text).slice(-4096);
    });
    const isThere = () =>
      isOurs ? /^tracing/m.test(said) : stateProbes(programs()).some(({ id }) => !before.has(id));
    while (!isThere()) {
      if (child.exitCode !== null) throw new Error(`${name} ended: ${said}`);
      await sleep(50);
    }
    await sleep(500);
    return new RunningTracer(child, out);
  }

  /** End it by SIGINT, as its user would; gives its exit code. */
  async stop() {
    const ended = new Promise((resolve) => {
      if (this.child.exitCode !== null) resolve(this.child.exitCode);
      this.child.once("exit", resolve);
    });
    this.child.kill("SIGINT");
    return await ended;
  }

  remove() {
    rmSync(this.out, { force: true });
  }
}
