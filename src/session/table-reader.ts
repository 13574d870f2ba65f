/** Reads the kernel's socket table, one namespace after the other, into snapshot events. */

import type { TcpState } from "../event/tcp-state.ts";
import type { SnapshotEndEvent, SnapshotEvent } from "../event/trace-event.ts";
import type { NetworkNamespace } from "../host/namespaces.ts";
import type { PortPairs } from "../host/port-pairs.ts";
import { ALL_STATES, takeSnapshot } from "../host/snapshot.ts";
import type { SocketTableTools } from "../host/socket-table.ts";

type TableEvent = SnapshotEvent | SnapshotEndEvent;

/** What the reader works with. */
export interface TableReaderOptions {
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly out: (event: TableEvent) => void;
  /** Scan for namespaces, and give today's ways into those of these that are still there. */
  readonly findAgain: (inodes: readonly number[]) => Promise<readonly NetworkNamespace[]>;
  /** Told of each namespace that is there and cannot be read, in a line. */
  readonly onUnread: (line: string) => void;
}

/** What to read. */
export interface TableReading {
  readonly tools: SocketTableTools;
  readonly namespaces: readonly NetworkNamespace[];
  /** Only these of them, by inode; all when absent. */
  readonly netns?: ReadonlySet<number>;
  /** Only these states; all when absent. */
  readonly states?: readonly TcpState[];
  /** Only sockets with these ports; all when absent. Its end, which tells of no others, is not for recording. */
  readonly ports?: PortPairs;
  /** Ask for byte counts too. */
  readonly hasFigures?: boolean;
  /** Which of the events are wanted; all when absent. */
  readonly takes?: (event: TableEvent) => boolean;
}

/** A row of the table was true some time within this margin around its reading. */
export const MARGIN_NS = 10e6;

/** Numbers its dumps, and tells of a namespace that it could not read once. */
export class TableReader {
  readonly #options: TableReaderOptions;
  readonly #told = new Set<number>();
  #dump = 0;

  constructor(options: TableReaderOptions) {
    this.#options = options;
  }

  /**
   * Dump the table of some namespaces.
   *
   * The way into a namespace ends with the process that it leads through, and another may lead
   * there still: what could not be read is looked for and read once more. One that has gone has
   * no sockets left, so nobody is told.
   */
  async read(reading: TableReading): Promise<void> {
    const wanted = reading.namespaces.filter(({ inode }) => reading.netns?.has(inode) ?? true);
    const failed = await this.#dumpAll({ ...reading, namespaces: wanted });
    const inodes = [...failed.keys()].filter((inode) => !this.#told.has(inode));
    if (inodes.length === 0) return;
    const { findAgain, onUnread } = this.#options;
    const namespaces = await findAgain(inodes);
    const again = await this.#dumpAll({ ...reading, namespaces });
    if (again.size === 0) return;
    for (const { inode } of await findAgain([...again.keys()])) {
      this.#told.add(inode);
      onUnread(`cannot read the sockets of namespace ${inode}: ${again.get(inode)?.message}`);
    }
  }

  /** Tell that a namespace was gone at `since`: its table lists nothing any more. */
  tellGone(netns: number, since: number): void {
    const { now, out } = this.#options;
    const reading = { t: now(), since: since - MARGIN_NS, dump: ++this.#dump };
    out({ type: "snapshot-end", ...reading, netns, states: ALL_STATES, rows: 0 });
  }

  /** Gives the namespaces that could not be read, and why. */
  async #dumpAll(reading: TableReading): Promise<Map<number, Error>> {
    const { namespaces, states, ports, hasFigures, tools, takes = () => true } = reading;
    const { now, signal, out } = this.#options;
    const failed = new Map<number, Error>();
    const batches = takeSnapshot({
      namespaces,
      ...(states !== undefined && { states }),
      ...(ports !== undefined && { ports }),
      ...(hasFigures !== undefined && { hasFigures }),
      now,
      marginNs: MARGIN_NS,
      dump: ++this.#dump,
      tools,
      signal,
      onFailure: (namespace, error) => failed.set(namespace.inode, error),
    });
    for await (const batch of batches) {
      for (const event of batch) {
        if (takes(event)) out(event);
      }
    }
    return failed;
  }
}
