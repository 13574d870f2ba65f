/** Finds which processes hold which sockets, by reading everybody's descriptors. */

import { type Dir, opendirSync, readlinkSync } from "node:fs";
import type { Nanoseconds, OwnerEvent } from "../event/trace-event.ts";
import { type ProcStat, readStat } from "./proc-stat.ts";
import { listProcesses } from "./process-list.ts";
import { TimeSlice } from "./time-slice.ts";

/** What to look for and how to date it. */
export interface DescriptorScanOptions {
  /** Only these socket inodes; every socket when absent. */
  readonly wanted?: ReadonlySet<number>;
  /** Only these processes, for a quick look; all when absent. */
  readonly among?: ReadonlySet<number>;
  /** Nanoseconds since the recording's start, on the boot clock. */
  readonly now: () => Nanoseconds;
  readonly signal?: AbortSignal;
}

/** How complete a scan was. */
export interface DescriptorScanSummary {
  readonly processes: number;
  readonly descriptors: number;
  /** Pairs of process and socket that were found. */
  readonly holders: number;
  /** Processes whose descriptors may not be read: whoever they hold remains unknown. */
  readonly unreadable: number;
}

/** Owner events per batch: what a reader handles within a millisecond or so. */
const BATCH = 256;

/** Scans again and again, and remembers who held sockets so as to ask them first. */
export class DescriptorScanner {
  #owners: ReadonlySet<number> = new Set();
  #scans = 0;

  /**
   * Read the descriptors of all processes and yield one event per process and socket.
   *
   * All holders are wanted, so the scan always goes to the end; processes that held sockets last
   * time come first, so that what can be known early is known early. A process that ends meanwhile is
   * left out, and one whose number was recycled during its turn as well. Threads that unshared their
   * descriptor table (`CLONE_FILES`) are not looked at. Scans are numbered from 1, for a later one
   * replaces what earlier ones said. Returns the summary.
   */
  async *scan(options: DescriptorScanOptions): AsyncGenerator<OwnerEvent[], DescriptorScanSummary> {
    this.#scans += 1;
    const scan = this.#scans;
    const summary = { processes: 0, descriptors: 0, holders: 0, unreadable: 0 };
    const slice = new TimeSlice();
    const owners = new Set<number>();
    for await (const pid of options.among ?? this.#inOrder()) {
      if (slice.isSpent()) await slice.renew(options.signal);
      const before = readStat(pid);
      if (before === null || before.isKernelThread) continue;
      summary.processes += 1;
      const held = await readSockets(pid, options, slice, summary);
      if (held === null || held.size === 0) continue;
      if (readStat(pid)?.startTicks !== before.startTicks) continue;
      owners.add(pid);
      summary.holders += held.size;
      yield* ownerEvents(before, held, { t: options.now(), scan });
    }
    if (options.among === undefined) this.#owners = owners;
    return summary;
  }

  async *#inOrder(): AsyncGenerator<number, void> {
    const first = this.#owners;
    yield* first;
    for (const pid of listProcesses()) if (!first.has(pid)) yield pid;
  }
}

function* ownerEvents(
  { pid, comm, startTicks }: ProcStat,
  held: ReadonlyMap<number, readonly number[]>,
  mark: { readonly t: Nanoseconds; readonly scan: number },
): Generator<OwnerEvent[], void> {
  let batch: OwnerEvent[] = [];
  for (const [inode, fds] of held) {
    batch.push({ type: "owner", ...mark, inode, pid, comm, fds, startTicks });
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/**
 * Read one process's sockets: inode to descriptor numbers. Null when its descriptors are not ours to
 * read or it is gone.
 *
 * All is read on this thread, a slice at a time: the kernel answers from memory in some 4 µs, while
 * a trip through the pool costs twice the CPU, and on a busy host the wait for a turn of the event
 * loop besides; three of those for each process made half a minute of a scan.
 */
async function readSockets(
  pid: number,
  { wanted, signal }: DescriptorScanOptions,
  slice: TimeSlice,
  summary: { descriptors: number; unreadable: number },
): Promise<Map<number, number[]> | null> {
  const directory = `/proc/${pid}/fd`;
  const held = new Map<number, number[]>();
  let listing: Dir | null = null;
  try {
    listing = opendirSync(directory, { bufferSize: 256 });
    for (let entry = listing.readSync(); entry !== null; entry = listing.readSync()) {
      const { name } = entry;
      summary.descriptors += 1;
      const inode = socketInode(`${directory}/${name}`);
      if (inode !== null && (wanted === undefined || wanted.has(inode))) {
        const fds = held.get(inode);
        if (fds === undefined) held.set(inode, [Number(name)]);
        else fds.push(Number(name));
      }
      if (slice.isSpent()) await slice.renew(signal);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (["EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) {
      summary.unreadable += 1;
    }
    return null;
  } finally {
    listing?.closeSync();
  }
  return held;
}

const LINK = "socket:[";

/** The inode behind a descriptor, or null when it is no socket or was closed meanwhile. */
function socketInode(path: string): number | null {
  try {
    const link = readlinkSync(path);
    return link.startsWith(LINK) ? Number(link.slice(LINK.length, -1)) : null;
  } catch {
    return null;
  }
}
