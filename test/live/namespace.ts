/** One network namespace of the live tests: created, used and always removed. */
import { execFile, execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { promisify } from "node:util";
import { visit } from "./visitor.ts";

const execute = promisify(execFile);
const directory = "/run/netns";
const namePattern = /^lt-(\d+)-t([0-9a-z]+)-\d+[cs]$/;
const alive = new Set<string>();
let made = 0;

/** A network namespace that this process made; commands run in it by `ip netns exec`. */
export class Namespace {
  readonly name: string;
  /** The namespace's inode as recordings and `lsns` name it (`skc_net->ns.inum`). */
  readonly inode: number;

  private constructor(name: string) {
    this.name = name;
    this.inode = statSync(this.path).ino;
  }

  /** The file by which others enter it. */
  get path(): string {
    return `${directory}/${this.name}`;
  }

  /**
   * Make a namespace with its loopback up, registered for removal before it exists.
   *
   * The name carries this process and its start time, so that a later run can tell what a crashed
   * one has left behind even when the pid has been used again.
   */
  static async create(end: "c" | "s"): Promise<Namespace> {
    if (made === 0) await removeStaleNamespaces();
    made += 1;
    const name = `lt-${process.pid}-t${startTime(process.pid)}-${made}${end}`;
    alive.add(name);
    nursery ??= openNursery();
    await execute("nsenter", [`--net=${directory}/${await nursery}`, "ip", "netns", "add", name]);
    await execute("ip", ["-n", name, "link", "set", "lo", "up"]);
    return new Namespace(name);
  }

  /** The arguments that put a command into this namespace, for spawning it oneself. */
  command(argv: readonly string[]): [string, string[]] {
    return ["ip", ["netns", "exec", this.name, ...argv]];
  }

  /** Run a command to its end in the namespace and return what it printed; rejects if it fails. */
  async exec(...argv: string[]): Promise<string> {
    const { stdout } = await execute(...this.command(argv), { maxBuffer: 16 << 20 });
    return stdout;
  }

  /** Run commands of `ip` here, all in one process. */
  async ip(...commands: string[]): Promise<void> {
    const running = execute("ip", ["-n", this.name, "-batch", "-"]);
    running.child.stdin?.end(`${commands.join("\n")}\n`);
    await running;
  }

  /** Set sysctls of this namespace, for instance `{ "net.ipv4.tcp_fin_timeout": 2 }`. */
  async sysctl(values: Readonly<Record<string, number | string>>): Promise<void> {
    const files = Object.entries(values).map(([name, value]) => [
      `/proc/sys/${name.replaceAll(".", "/")}`,
      String(value),
    ]);
    await visit(this.path, { write: Object.fromEntries(files) });
  }

  /** Read the counters of /proc/net/netstat and /proc/net/snmp, named as the kernel names them. */
  async counters(): Promise<ReadonlyMap<string, number>> {
    const read = ["/proc/self/net/netstat", "/proc/self/net/snmp"];
    const lines = (await visit(this.path, { read })).split("\n");
    const counters = new Map<string, number>();
    for (let at = 0; at + 1 < lines.length; at += 2) {
      const names = (lines[at] ?? "").split(" ");
      const values = (lines[at + 1] ?? "").split(" ");
      for (let i = 1; i < names.length; i += 1) counters.set(names[i] ?? "", Number(values[i]));
    }
    return counters;
  }

  /** Remove the namespace; the kernel ends what time-wait rows and devices are still in it. */
  async remove(): Promise<void> {
    await execute("ip", ["netns", "del", this.name]);
    alive.delete(this.name);
    await closeNursery();
  }
}

/** A namespace whose children get a hash table of their own; its name. */
let nursery: Promise<string> | undefined;
let closing: Promise<unknown> = Promise.resolve();

/**
 * The kernel keeps the sockets of all namespaces in one hash table, sized by the memory of the
 * host, and walks all of it to list those of one: forty milliseconds where it has 262,144 buckets.
 * Namespaces that are made from within one with tcp_child_ehash_entries set (6.1 and newer) have
 * their own. It also sets tcp_max_tw_buckets to half of it, which is enough here.
 */
async function openNursery(): Promise<string> {
  const name = `lt-${process.pid}-t${startTime(process.pid)}-0c`;
  await closing;
  alive.add(name);
  await execute("ip", ["netns", "add", name]);
  const write = { "/proc/sys/net/ipv4/tcp_child_ehash_entries": "4096" };
  await visit(`${directory}/${name}`, { write }).catch(() => undefined);
  return name;
}

/** Remove the nursery with the last that was made in it: a worker that is killed runs no handler. */
async function closeNursery(): Promise<void> {
  if (nursery === undefined || alive.size > 1) return;
  const name = await nursery;
  if (alive.size > 1) return;
  nursery = undefined;
  closing = execute("ip", ["netns", "del", name]);
  await closing;
  alive.delete(name);
}

/** Field 22 of /proc/PID/stat in base 36: with the pid it names one process for good. */
function startTime(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[19]).toString(36);
}

function isRunning(pid: number, started: string): boolean {
  try {
    return startTime(pid) === started;
  } catch {
    return false;
  }
}

/** Remove what crashed runs of these tests have left; namespaces of others are not touched. */
export async function removeStaleNamespaces(): Promise<void> {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return;
  }
  for (const name of names) {
    const [, pid, started] = namePattern.exec(name) ?? [];
    if (!pid || !started || isRunning(Number(pid), started)) continue;
    await execute("ip", ["netns", "del", name]).catch(() => undefined);
  }
}

process.on("exit", () => {
  for (const name of alive) {
    try {
      execFileSync("ip", ["netns", "del", name], { stdio: "ignore" });
    } catch {
      // Nothing is left to do at exit; the next run removes it as stale.
    }
  }
});
