/** One endpoint in the form of the report: fields, names and units as the contract fixes them. */

import { ownerOrListener } from "../core/accept-queue.ts";
import type {
  Endpoint,
  Evidence,
  Holder,
  LostWave,
  ResendKind,
  Role,
  Trigger,
  Unread,
  Verdict,
} from "../core/endpoint.ts";
import type { TraceView } from "../core/trace.ts";
import type { TcpState } from "../event/tcp-state.ts";
import type { Nanoseconds, RetransmitCause } from "../event/trace-event.ts";
import type { Clock } from "./clock.ts";
import { milliseconds } from "./duration.ts";
import { type ReportOwner, reportOwner } from "./report-owner.ts";

/** An address with its port. */
export interface ReportAddress {
  readonly address: string;
  readonly port: number;
}

/** A stay in one state; while it lasts `to` is null and `ms` runs to the recording's end. */
export interface ReportPhase {
  readonly state: TcpState;
  readonly from: string;
  readonly to: string | null;
  readonly ms: number;
  readonly evidence: Evidence;
}

/** One of the four segments of a teardown. */
export interface ReportWave {
  readonly n: 1 | 2 | 3 | 4;
  readonly segment: "FIN" | "ACK";
  readonly by: "local" | "remote";
  readonly at: string | null;
  readonly evidence: Evidence;
  readonly retransmits: number;
}

/** A segment sent again. */
export interface ReportResend {
  readonly at: string;
  readonly kind: ResendKind;
  readonly cause: RetransmitCause;
  readonly attempt: number;
}

/** One side of a connection with its whole story. */
export interface ReportEndpoint {
  readonly id: string;
  readonly netns: number;
  readonly local: ReportAddress;
  readonly remote: ReportAddress;
  readonly role: Role;
  readonly trigger: Trigger | null;
  readonly verdict: Verdict;
  readonly state: TcpState;
  readonly orphan: boolean;
  readonly owner: ReportOwner | null;
  readonly holders: readonly Holder[];
  readonly unread: Unread | null;
  readonly unreadBytes: number | null;
  readonly eofRead: boolean;
  readonly phases: readonly ReportPhase[];
  readonly waves: readonly ReportWave[];
  readonly lostWave: LostWave | null;
  readonly retransmits: readonly ReportResend[];
  readonly rttMs: number | null;
  readonly bytesSent: number | null;
  readonly bytesReceived: number | null;
  readonly peer: string | null;
  readonly complete: boolean;
}

/**
 * Put an endpoint in the form of the report.
 *
 * A verdict that is not decided reads `unfinished`; `complete` needs both that the endpoint
 * misses no event of its own and that no gap overlaps its life. Names stay as they are: a format
 * makes them safe.
 */
export function reportEndpoint(
  endpoint: Endpoint,
  view: TraceView,
  clock: Clock,
  endNs: Nanoseconds,
): ReportEndpoint {
  const { tuple } = endpoint;
  const owner = ownerOrListener(endpoint, view);
  return {
    id: endpoint.id,
    netns: tuple.netns,
    local: { address: tuple.local, port: tuple.localPort },
    remote: { address: tuple.remote, port: tuple.remotePort },
    role: endpoint.role,
    trigger: endpoint.trigger,
    verdict: endpoint.verdict ?? "unfinished",
    state: endpoint.state,
    orphan: endpoint.orphan,
    owner: owner === null ? null : reportOwner(owner, view, clock, endpoint.ownedAt ?? endNs),
    holders: endpoint.holders.map(({ pid, comm, fds }) => ({ pid, comm, fds })),
    unread: endpoint.unread,
    unreadBytes: endpoint.unreadBytes,
    eofRead: endpoint.eofRead,
    phases: endpoint.phases.map((phase) => ({
      state: phase.state,
      from: clock.iso(phase.from),
      to: phase.to === null ? null : clock.iso(phase.to),
      ms: milliseconds(phase.from, phase.to ?? Math.max(phase.from, endNs)),
      evidence: phase.evidence,
    })),
    waves: endpoint.waves.map((wave) => ({
      n: wave.n,
      segment: wave.segment,
      by: wave.by,
      at: wave.at === null ? null : clock.iso(wave.at),
      evidence: wave.evidence,
      retransmits: wave.retransmits,
    })),
    lostWave: endpoint.lostWave,
    retransmits: endpoint.resends.map(({ at, kind, cause, attempt }) => ({
      at: clock.iso(at),
      kind,
      cause,
      attempt,
    })),
    rttMs: endpoint.rttMs,
    bytesSent: endpoint.bytesSent,
    bytesReceived: endpoint.bytesReceived,
    peer: endpoint.peer?.id ?? null,
    complete: isWholeStory(endpoint, view),
  };
}

/** Whether nothing of an endpoint's life is known to be missing. */
export function isWholeStory(endpoint: Endpoint, view: TraceView): boolean {
  return endpoint.isComplete && view.isComplete(endpoint);
}
