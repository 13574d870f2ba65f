/** Finds the network namespaces of this host and a way into each. */

import { readlinkSync } from "node:fs";
import { ParsedFile } from "./kept-file.ts";
import { listProcesses } from "./process-list.ts";
import { TimeSlice } from "./time-slice.ts";

/** A network namespace with the ways into it. */
export interface NetworkNamespace {
  /** Inode of the namespace, as `ls -i /proc/PID/ns/net` and `skc_net.net->ns.inum` give it. */
  readonly inode: number;
  /** Whether this program runs in it. */
  readonly isOwn: boolean;
  /** A process in it, null when only a mount keeps it. */
  readonly pid: number | null;
  /** A mount that keeps it, as `ip netns add` and container engines make; null without one. */
  readonly path: string | null;
}

/** What one scan found. */
export interface NamespaceScan {
  readonly namespaces: ReadonlyMap<number, NetworkNamespace>;
  /** Inodes that the previous scan had not. */
  readonly added: readonly number[];
  /** Inodes that the previous scan had and this one has not. */
  readonly gone: readonly number[];
  /** Processes whose namespace may not be read: without root there are many. */
  readonly unreadable: number;
}

/** The inode in `net:[4026531833]`, or null for any other text. */
export function parseNamespaceLink(link: string): number | null {
  const match = /^net:\[(\d+)\]$/.exec(link);
  return match?.[1] === undefined ? null : Number(match[1]);
}

/**
 * Read the mounted network namespaces out of /proc/self/mountinfo.
 *
 * Better than listing /run/netns: it also finds those of container engines, and a plain file left
 * over there by a failed mount is no namespace.
 */
export function parseNamespaceMounts(mountinfo: string): Map<number, string> {
  const mounts = new Map<number, string>();
  for (const line of mountinfo.split("\n")) {
    const words = line.split(" ");
    const inode = parseNamespaceLink(words[3] ?? "");
    const path = words[4];
    if (inode === null || path === undefined || !line.includes(" - nsfs ")) continue;
    if (!mounts.has(inode)) mounts.set(inode, unescapeMount(path));
  }
  return mounts;
}

function unescapeMount(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

/**
 * A quick scan asks processes that two scans have asked already in turn, a part of them each time:
 * all within so many. Who starts a program in a namespace of its own moves there when the process
 * is young; asking all of 500 processes each time was half of what an idle host was charged.
 */
const QUICK_TURNS = 6;
const YOUNG_SCANS = 2;

interface KnownProcess {
  readonly inode: number | "unreadable" | null;
  /** How many scans have asked it. */
  readonly asked: number;
}

/** Scans again and again, and tells what changed. */
export class NamespaceScanner {
  #known: ReadonlyMap<number, NetworkNamespace> = new Map();
  #processes: ReadonlyMap<number, KnownProcess> = new Map();
  #scans = 0;
  readonly #mounts = new ParsedFile("/proc/self/mountinfo", parseNamespaceMounts);

  /**
   * List the namespaces of all processes and of all mounts.
   *
   * Only main threads are asked: a thread that visits another namespace is not seen there, and a
   * namespace kept alive by nothing but an open descriptor is not found.
   *
   * @param isQuick whether a process that has long been known may have moved some scans ago
   */
  async scan(signal?: AbortSignal, isQuick = false): Promise<NamespaceScan> {
    const own = parseNamespaceLink(readlinkSync("/proc/self/ns/net"));
    const mounts = this.#mounts.read() ?? new Map<number, string>();
    const { pids, unreadable } = await this.#processNamespaces(signal, isQuick);
    const namespaces = new Map<number, NetworkNamespace>();
    for (const inode of new Set([...pids.keys(), ...mounts.keys()])) {
      const isOwn = inode === own;
      const pid = isOwn ? process.pid : (pids.get(inode) ?? null);
      namespaces.set(inode, { inode, isOwn, pid, path: mounts.get(inode) ?? null });
    }
    const before = this.#known;
    this.#known = namespaces;
    return {
      namespaces,
      added: [...namespaces.keys()].filter((inode) => !before.has(inode)),
      gone: [...before.keys()].filter((inode) => !namespaces.has(inode)),
      unreadable,
    };
  }

  async #processNamespaces(signal: AbortSignal | undefined, isQuick: boolean) {
    const slice = new TimeSlice();
    const turn = this.#scans++ % QUICK_TURNS;
    const processes = new Map<number, KnownProcess>();
    const pids = new Map<number, number>();
    let unreadable = 0;
    for (const pid of listProcesses()) {
      if (slice.isSpent()) await slice.renew(signal);
      const before = this.#processes.get(pid);
      const asked = before?.asked ?? 0;
      const isKnown = isQuick && asked >= YOUNG_SCANS && pid % QUICK_TURNS !== turn;
      const process = isKnown && before ? before : { inode: namespaceOf(pid), asked: asked + 1 };
      processes.set(pid, process);
      const { inode } = process;
      if (inode === "unreadable") unreadable += 1;
      if (typeof inode !== "number") continue;
      const isProven = this.#known.get(inode)?.pid === pid;
      if (isProven || !pids.has(inode)) pids.set(inode, pid);
    }
    this.#processes = processes;
    return { pids, unreadable };
  }
}

/** The inode of a process's network namespace; a vanished process or a kernel thread has none. */
function namespaceOf(pid: number): number | "unreadable" | null {
  try {
    return parseNamespaceLink(readlinkSync(`/proc/${pid}/ns/net`));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES" ? "unreadable" : null;
  }
}
