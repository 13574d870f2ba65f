/** Finds the network namespaces of this host and a way into each. */

import { readlinkSync } from "node:fs";
import { readFile, readlink } from "node:fs/promises";
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

/** Scans again and again, and tells what changed. */
export class NamespaceScanner {
  #known: ReadonlyMap<number, NetworkNamespace> = new Map();

  /**
   * List the namespaces of all processes and of all mounts.
   *
   * Only main threads are asked: a thread that visits another namespace is not seen there, and a
   * namespace kept alive by nothing but an open descriptor is not found.
   */
  async scan(signal?: AbortSignal): Promise<NamespaceScan> {
    const own = parseNamespaceLink(await readlink("/proc/self/ns/net"));
    const mounts = parseNamespaceMounts(await readFile("/proc/self/mountinfo", "utf8"));
    const { pids, unreadable } = await this.#processNamespaces(signal);
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

  async #processNamespaces(signal?: AbortSignal) {
    const slice = new TimeSlice();
    const pids = new Map<number, number>();
    let unreadable = 0;
    for (const pid of listProcesses()) {
      if (slice.isSpent()) await slice.renew(signal);
      const inode = namespaceOf(pid);
      if (inode === "unreadable") unreadable += 1;
      if (typeof inode !== "number") continue;
      const isProven = this.#known.get(inode)?.pid === pid;
      if (isProven || !pids.has(inode)) pids.set(inode, pid);
    }
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
