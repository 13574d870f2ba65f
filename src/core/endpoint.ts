/** An endpoint: one side of a connection as one kernel socket sees it, with its whole story. */

import type { TcpState } from "../event/tcp-state.ts";
import type {
  Nanoseconds,
  OwnerSource,
  RetransmitCause,
  SocketTuple,
} from "../event/trace-event.ts";
import type { FinHold } from "./fin-hold.ts";
import type { OpenFlow } from "./open-flow.ts";
import type { PortGroup } from "./port-group.ts";

/** How a claim is known: an event said so, the socket table said so, or a rule says so. */
export type Evidence = "observed" | "snapshot" | "inferred";

/** By the first FIN: sent it, received it, both crossed; `none` where no FIN was seen. */
export type Role = "active" | "passive" | "simultaneous" | "none";

/** How this endpoint's own side was closed. */
export type Trigger = "close" | "shutdown" | "exit" | "linger" | "unread-data";

/** How the teardown ended. */
export type Verdict =
  | "graceful"
  | "reset-sent"
  | "reset-received"
  | "timed-out"
  | "refused"
  | "killed"
  | "unfinished"
  | "unknown";

/** What the receive queue of a CLOSE_WAIT endpoint says of its application. */
export type Unread = "drained" | "fin-unread" | "data-unread" | "not-accepted";

/** A stay in one state, as the socket table would show it: mini-sockets included. */
export interface Phase {
  readonly state: TcpState;
  /** When it began; for an endpoint older than the trace the moment it was first seen. */
  readonly from: Nanoseconds;
  /** Null while it lasts. */
  readonly to: Nanoseconds | null;
  readonly evidence: Evidence;
  /** The state is older than `from`: the duration is "at least". */
  readonly atLeast: boolean;
}

/** One of the four segments of a teardown: 1 and 3 are FINs, 2 and 4 their ACKs. */
export interface Wave {
  readonly n: 1 | 2 | 3 | 4;
  readonly segment: "FIN" | "ACK";
  readonly by: "local" | "remote";
  readonly at: Nanoseconds | null;
  readonly evidence: Evidence;
  readonly retransmits: number;
}

/** Which wave was lost, as far as it can be known; a single host cannot split the pairs. */
export type LostWave = "1 or 2" | "3 or 4" | 1 | 2 | 3 | 4;

export type ResendKind = "FIN" | "DATA" | "DATA+FIN" | "SYN";

/** A segment sent again; failed sends are not counted. */
export interface Resend {
  readonly at: Nanoseconds;
  readonly kind: ResendKind;
  readonly cause: RetransmitCause;
  /** Counts from 1 within one kind; FIN and DATA+FIN count together. */
  readonly attempt: number;
  /** Retransmission timeout at that moment, milliseconds. */
  readonly rtoMs: number | null;
  readonly orphan: boolean;
}

/** The process that holds the descriptor, and how that is known. */
export interface Owner {
  readonly pid: number;
  readonly comm: string;
  readonly source: OwnerSource;
  readonly confidence: "certain" | "likely";
}

/** A process with the descriptors through which it holds the socket. */
export interface Holder {
  readonly pid: number;
  readonly comm: string;
  readonly fds: readonly number[];
}

/** An RST sent or processed, with the kernel's `sk_rst_reason` where it has one. */
export interface ResetMark {
  readonly at: Nanoseconds;
  readonly direction: "sent" | "received";
  readonly reason: string | null;
}

/** One side of a connection. Changed in place by the reducer, read by everything else. */
export interface Endpoint {
  /** Short, unique in a trace, the same in every replay: `e1`, `e2` … by first sight. */
  readonly id: string;
  readonly tuple: SocketTuple;
  /** Equal for both ends of a connection, see there; empty while a port is unknown. */
  readonly pairKey: string;
  /** Address of the kernel's socket while it has one, hex; null for one known by table only. */
  readonly sk: string | null;
  /** Whether that address is known: asked for each event, and the text is made when it is read. */
  readonly hasSocket: boolean;
  /** Whether this end called connect() (`out`), was accepted (`in`), or is older than the trace. */
  direction: "in" | "out" | null;
  /** What the socket table would show now; CLOSE once it is gone. */
  state: TcpState;
  /** The full socket is gone and a time-wait mini-socket answers for it. */
  isMini: boolean;
  readonly bornAt: Nanoseconds;
  /** When the endpoint was gone, TIME_WAIT included; null while it lives. */
  endedAt: Nanoseconds | null;
  /** First FIN or RST; null before. */
  teardownAt: Nanoseconds | null;
  /** When the mini-socket's timer will run out; null without one. */
  expiresAt: Nanoseconds | null;
  role: Role;
  trigger: Trigger | null;
  /** Null until decided; a report says `unfinished` then. */
  verdict: Verdict | null;
  orphan: boolean;
  owner: Owner | null;
  /** When the owner was last seen to be it: its number may be another process's since. */
  ownedAt?: Nanoseconds | undefined;
  holders: readonly Holder[];
  /** Who had accepted or connected it, where another process uses it or holds it instead. */
  openedBy?: Owner | undefined;
  /** The process that was last seen to read or write it and had neither accepted nor connected. */
  usedBy?: number | undefined;
  unread: Unread | null;
  unreadBytes: number | null;
  eofRead: boolean;
  /** When the application was last seen to read, at or behind the end of the stream. */
  lastReadAt?: Nanoseconds | undefined;
  /** When data last came, and last left, as a reading of the socket table told. */
  lastReceivedAt?: Nanoseconds | undefined;
  lastSentAt?: Nanoseconds | undefined;
  /** Inode of the socket file; null when never seen, 0 when it has none. */
  inode: number | null;
  phases: readonly Phase[];
  /** When the last phase began, without making up all of them; null where none is known. */
  readonly enteredAt: Nanoseconds | null;
  waves: readonly Wave[];
  lostWave: LostWave | null;
  resends: readonly Resend[];
  rttMs: number | null;
  bytesSent: number | null;
  bytesReceived: number | null;
  /** The other end, where it is on this host and certain. */
  peer: Endpoint | null;
  /** Several endpoints could be the other end; none is claimed. */
  hasDoubtfulPeer: boolean;
  /** No event of its life is known to be missing. Gaps in time are asked of the ledger. */
  isComplete: boolean;
  /** The last RST of this endpoint, either way. */
  reset: ResetMark | null;
  /** Time of the last event that changed or confirmed it. */
  touchedAt: Nanoseconds;
  /** Number of the socket-table dump that listed it and began last. */
  lastDump: number;
  /** Its number among the newest teardowns, from 1; 0 while it is none. */
  teardownNo: number;
  /** Links of the table's list of the state that it is in; the table's own. */
  previousInState: Endpoint | null;
  nextInState: Endpoint | null;
  /** A plain sentence on an oddity that the fields above do not carry, or null. */
  note: string | null;
  /** Outgoing connections with the same ends but for the local port; the table's own. */
  ports?: PortGroup | null;
  /** Whether the peer's window had room for our FIN when it was queued; absent where unknown. */
  finHasRoom?: boolean | undefined;
  /** Where our FIN is, as the socket table was last seen to tell; absent before. */
  finHold?: FinHold | undefined;
  /** Data in the direction that no FIN has shut, as readings of the socket table saw it. */
  flow?: OpenFlow | undefined;
}
