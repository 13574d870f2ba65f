/** The trace: everything known after the events so far. The one door to the core. */

import type { Ledger } from "../event/recording.ts";
import type { Nanoseconds, ProcessEvent, SocketTuple, TraceEvent } from "../event/trace-event.ts";
import type { CountedPlace } from "./counted-lives.ts";
import type { Endpoint, Role, Verdict } from "./endpoint.ts";
import type { Finding, FindingKind } from "./finding.ts";
import type { GapSum } from "./gap-list.ts";
import type { Listener } from "./listener-table.ts";
import type { Resume } from "./resume.ts";

/** Percentiles of one phase's duration, milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Counts of every endpoint exactly, also of those no longer itemised. */
export interface Summary {
  readonly endpoints: number;
  readonly itemised: number;
  readonly teardowns: number;
  readonly byVerdict: Readonly<Record<Verdict, number>>;
  readonly byRole: Readonly<Record<Role, number>>;
  readonly retransmits: { readonly FIN: number; readonly DATA: number; readonly SYN: number };
  readonly phaseMs: Readonly<Record<string, Percentiles>>;
  /** Endpoints that the kernel only counted, by place, the largest first; absent where there are none. */
  readonly counted?: readonly CountedPlace[];
}

/** What the core needs to know beside the events. All have defaults. */
export interface TraceOptions {
  /** Sysctls of the header: `net.ipv4.tcp_fin_timeout` … */
  readonly sysctls?: Readonly<Record<string, string>>;
  /** Thresholds by finding kind, in the unit that the kind is documented in. */
  readonly thresholds?: Partial<Readonly<Record<FindingKind, number>>>;
  /** Whether the recording's probes report when a mini-socket's timer runs out. */
  readonly seesMiniEnd?: boolean;
  /** Ended endpoints that are kept, default 20,000. */
  readonly maxEnded?: number;
  /** Living endpoints that are kept, default 1,000,000. */
  readonly maxAlive?: number;
  /** The moment that the trace begins at, where that is not the beginning. */
  readonly resume?: Resume;
}

/** Read side of a trace. */
export interface TraceView {
  /** Time of the newest event. */
  readonly now: Nanoseconds;
  /** All itemised endpoints, oldest first. */
  endpoints(): Iterable<Endpoint>;
  endpoint(id: string): Endpoint | undefined;
  findings(): readonly Finding[];
  summary(): Summary;
  ledger(): Ledger;
  /** What is missing beside the ledger, by cause. */
  gaps(): readonly GapSum[];
  /** Until when what ended well was only counted: for ever where it is, null where it never was. */
  readonly countedUntil: Nanoseconds | null;
  /** Who has a number, or who had it at that time: see `Endpoint.ownedAt`. */
  process(pid: number, at?: Nanoseconds): ProcessEvent | undefined;
  /** Who listens where a connection came in. */
  listenerOf(tuple: SocketTuple): Readonly<Listener> | undefined;
  /** Current sysctls of a namespace (of the header's namespace when unknown). */
  sysctls(netns?: number): Readonly<Record<string, string>>;
  /** Whether no known loss of events overlaps the endpoint's life. */
  isComplete(endpoint: Endpoint): boolean;
}

export type Step = (event: TraceEvent) => void;
