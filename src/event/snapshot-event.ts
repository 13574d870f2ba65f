/** What a look at the kernel's socket table found. */

import type { TcpState } from "./tcp-state.ts";
import type { Nanoseconds, SocketTuple } from "./trace-event.ts";

/**
 * One row of the kernel's socket table (sock_diag).
 *
 * The row was true at some moment between `since` and `t`; a change that an event reported in
 * between is newer than the row.
 */
export interface SnapshotEvent extends SocketTuple {
  readonly type: "snapshot";
  readonly t: Nanoseconds;
  readonly since: Nanoseconds;
  /** Number of the dump that the row belongs to. */
  readonly dump: number;
  readonly state: TcpState;
  readonly recvQ: number;
  readonly sendQ: number;
  readonly inode: number;
  readonly uid: number;
  /** Which timer runs: `on`, `keepalive`, `timewait`, `persist`, or null. */
  readonly timer: string | null;
  /** Time until that timer runs out, milliseconds. */
  readonly timerMs: number | null;
  /** Re-sends counted by that timer. */
  readonly retries: number;
  /** Kernel socket cookie, hex, or null. */
  readonly cookie: string | null;
  /** Bytes that the peer has acknowledged, a SYN or FIN counting as one; absent where not asked. */
  readonly bytesAcked?: number;
  /** Bytes received, the peer's FIN counting as one; absent where not asked. */
  readonly bytesReceived?: number;
  /** `snd_wnd`: what the peer lets us send, bytes; absent where not asked or not told. */
  readonly sendWindow?: number;
  /** Time since data was last sent and received, milliseconds; absent where not asked. */
  readonly lastSentMs?: number;
  readonly lastReceivedMs?: number;
}

/** A dump of one namespace is complete: what it should have listed and did not is gone. */
export interface SnapshotEndEvent {
  readonly type: "snapshot-end";
  readonly t: Nanoseconds;
  readonly since: Nanoseconds;
  readonly dump: number;
  readonly netns: number;
  /** The states that the dump asked for. */
  readonly states: readonly TcpState[];
  readonly rows: number;
}
