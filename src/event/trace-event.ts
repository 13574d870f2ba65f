/** The vocabulary: everything that the core can learn arrives as one of these events. */

import type { CountsEvent } from "./counts.ts";
import type { DetailEvent } from "./detail.ts";
import type { GapEvent } from "./gap.ts";
import type { OwnerEvent, ProcessEvent, ThreadsEvent, UseEvent } from "./process-event.ts";
import type { SnapshotEndEvent, SnapshotEvent } from "./snapshot-event.ts";
import type { TcpState } from "./tcp-state.ts";

export type * from "./gap.ts";
export type * from "./process-event.ts";
export type * from "./snapshot-event.ts";

/** Nanoseconds since the recording's `startedAt`, on the boot clock (it counts suspend). */
export type Nanoseconds = number;

/**
 * The four-tuple of one endpoint with the namespace that it lives in.
 *
 * Addresses are canonical text (RFC 5952); a v4-mapped IPv6 socket keeps its `::ffff:a.b.c.d`
 * form, as `ss` prints it. `netns` is the namespace's inode, 0 where the kernel did not tell.
 */
export interface SocketTuple {
  readonly netns: number;
  readonly local: string;
  readonly localPort: number;
  readonly remote: string;
  readonly remotePort: number;
}

/** Where a record stood in the kernel's output: loss is found from holes in `seq` per `cpu`. */
export interface ProbeMark {
  readonly cpu: number;
  readonly seq: number;
  /**
   * Told with a later record of the same socket (`probes/lives.bt`), whose number it carries. What
   * such a record does not keep is absent: `pid` 0 and an empty `comm` where nobody is known.
   */
  readonly held?: boolean;
}

/**
 * What the socket itself said when a probe ran. Absent fields: this kernel cannot tell (no BTF).
 */
export interface SocketEvidence {
  /** `sk->sk_shutdown`: bit 0 receiving is shut, bit 1 sending is shut. */
  readonly shutdown?: number;
  /** `sk->sk_err` as a positive errno: 104 reset, 32 reset in CLOSE_WAIT, 110 gave up, 111 refused. */
  readonly error?: number;
  /** SOCK_DEAD: no process holds the socket any more. */
  readonly orphan?: boolean;
  /** SOCK_DONE: the peer's FIN has been received in order. */
  readonly finReceived?: boolean;
  /** `sk->sk_lock.owned`: only then `pid` and `comm` are the acting process. */
  readonly inProcess?: boolean;
  /** PF_EXITING of the task on the CPU: nobody called close(), the process is dying. */
  readonly exiting?: boolean;
  /** SO_LINGER is set. */
  readonly linger?: boolean;
  /**
   * close() is running, by the application or for a dying process: `net/socket.c:__sock_release`
   * holds the lock of the socket's inode meanwhile. At a FIN this tells close() from shutdown().
   */
  readonly closing?: boolean;
  /** `rcv_nxt - copied_seq`: unread bytes, the peer's FIN counting as one. */
  readonly recvQ?: number;
  /** `write_seq - snd_una`: unacknowledged bytes, our FIN counting as one. */
  readonly sendQ?: number;
  /** `snd_wnd`: what the peer lets us send, bytes. */
  readonly sendWindow?: number;
  /** Smoothed round-trip time, microseconds. */
  readonly srttUs?: number;
  readonly bytesSent?: number;
  readonly bytesReceived?: number;
  /** Inode of the socket's file, 0 when it has none (orphan, not accepted). */
  readonly inode?: number;
}

/** A state change: `sock:inet_sock_set_state`, which `tcp_set_state()` fires. */
export interface TransitionEvent extends SocketTuple, ProbeMark, SocketEvidence {
  readonly type: "transition";
  readonly t: Nanoseconds;
  /** Address of the kernel's `struct sock`, hex; recycled within microseconds. */
  readonly sk: string;
  readonly from: TcpState;
  readonly to: TcpState;
  /** The task on the CPU. It is the acting process only when `inProcess`. */
  readonly pid: number;
  readonly comm: string;
}

/** What made the kernel send a segment again. */
export type RetransmitCause = "RTO" | "TLP" | "fast" | "unknown";

/** A segment sent again: `tcp:tcp_retransmit_skb`. With `failed` it was not transmitted. */
export interface RetransmitEvent extends SocketTuple, ProbeMark {
  readonly type: "retransmit";
  readonly t: Nanoseconds;
  readonly sk: string;
  readonly state: TcpState;
  /** The segment's TCP flags byte (FIN 1, SYN 2, RST 4, PSH 8, ACK 16); null where unreadable. */
  readonly flags: number | null;
  /** Payload bytes of the segment; null where unreadable. */
  readonly length: number | null;
  readonly cause: RetransmitCause;
  readonly failed: boolean;
  readonly orphan?: boolean;
  /** `icsk_rto` in milliseconds. */
  readonly rtoMs?: number;
  readonly backoff?: number;
}

/** An RST sent (`tcp:tcp_send_reset`) or processed (`tcp:tcp_receive_reset`). */
export interface ResetEvent extends SocketTuple, ProbeMark {
  readonly type: "reset";
  readonly t: Nanoseconds;
  readonly direction: "sent" | "received";
  /** Null when the kernel answered a segment that belongs to no socket. */
  readonly sk: string | null;
  readonly state: TcpState | null;
  /** The kernel's `sk_rst_reason` without its prefix, null where the kernel has none. */
  readonly reason: string | null;
  /** Whether a received segment provoked it. */
  readonly answering?: boolean;
}

/** A process came to hold a connection: connect() began it or accept() returned it. */
export interface OpenEvent {
  readonly type: "open";
  readonly t: Nanoseconds;
  readonly how: "connect" | "accept";
  readonly netns: number;
  readonly sk: string;
  readonly pid: number;
  readonly comm: string;
  /** Descriptor number; null where the hook does not show it. */
  readonly fd: number | null;
}

/**
 * A read took the last of a stream whose peer has finished (`sock:sock_recv_length`).
 *
 * With `bytes` 0 the application was told of the end. Above 0 the read that took the last bytes
 * took the FIN's sequence number with them (`net/ipv4/tcp.c:tcp_recvmsg_locked`, found_fin_ok):
 * the queue is empty, and whether the application will read the end is still open.
 */
export interface ReadEvent extends ProbeMark {
  readonly type: "read";
  readonly t: Nanoseconds;
  readonly netns: number;
  readonly sk: string;
  readonly bytes: number;
  readonly pid: number;
  readonly comm: string;
}

/**
 * The application let go of a socket that had reached CLOSE while it was still held
 * (`tcp:tcp_destroy_sock`): the descriptor of a reset, timed-out or finished connection.
 */
export interface DestroyEvent extends ProbeMark {
  readonly type: "destroy";
  readonly t: Nanoseconds;
  readonly netns: number;
  readonly sk: string;
  readonly pid: number;
  readonly comm: string;
}

/** A segment that a time-wait mini-socket took in: `skb:kfree_skb` with `rx_sk`. */
export interface MiniSegmentEvent extends SocketTuple, ProbeMark {
  readonly type: "mini-segment";
  readonly t: Nanoseconds;
  /** Address of the `inet_timewait_sock`, not of the socket that it replaced. */
  readonly sk: string;
  /** The mini-socket's substate after it took the segment. */
  readonly substate: "FIN_WAIT2" | "TIME_WAIT";
  readonly flags: number;
  /** Whether it is still in the kernel's table: an RST may have killed it. */
  readonly isAlive: boolean;
}

/** A mini-socket's timer ran out: `timer:timer_expire_entry` of `tw_timer_handler`. */
export interface MiniEndEvent extends SocketTuple, ProbeMark {
  readonly type: "mini-end";
  readonly t: Nanoseconds;
  readonly sk: string;
  readonly substate: "FIN_WAIT2" | "TIME_WAIT";
}

/** Counters and sysctls that changed. Counters are absolute values of the kernel. */
export interface HostEvent {
  readonly type: "host";
  readonly t: Nanoseconds;
  readonly netns: number;
  readonly counters?: Readonly<Record<string, number>>;
  readonly sysctls?: Readonly<Record<string, string>>;
}

/**
 * Proof of life once a second, with the totals of the ledger since tracing began.
 *
 * `counted` is the kernel's own counter; `received`, `lost` and `unparsed` are ours.
 */
export interface HeartbeatEvent {
  readonly type: "heartbeat";
  readonly t: Nanoseconds;
  /** Wall clock at `t`, ISO 8601. */
  readonly wall: string;
  readonly counted: number;
  readonly received: number;
  readonly lost: number;
  readonly unparsed: number;
  readonly skipped: number;
  /** Whether the accounts agreed but for the records under way; absent in older recordings. */
  readonly balanced?: boolean;
}

/** Anything the core can be told. */
export type TraceEvent =
  | TransitionEvent
  | RetransmitEvent
  | ResetEvent
  | OpenEvent
  | ReadEvent
  | UseEvent
  | DestroyEvent
  | MiniSegmentEvent
  | MiniEndEvent
  | SnapshotEvent
  | SnapshotEndEvent
  | OwnerEvent
  | ProcessEvent
  | ThreadsEvent
  | HostEvent
  | HeartbeatEvent
  | DetailEvent
  | CountsEvent
  | GapEvent;
