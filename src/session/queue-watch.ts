/** Decides which sockets of the table are worth reading again, and which of their rows are news. */

import type { Endpoint } from "../core/endpoint.ts";
import { finHoldOf, hasResentSince } from "../core/fin-hold.ts";
import type { Trace } from "../core/fold.ts";
import { isFlowNews } from "../core/open-flow.ts";
import type { TcpState } from "../event/tcp-state.ts";
import type { Nanoseconds, SnapshotEvent } from "../event/trace-event.ts";

/** A CLOSE_WAIT younger than this is left alone: the application is about to close it. */
const YOUNG_NS = 1e9;
/** The byte counts of so many sockets are read in a second at most, on average. */
const FIGURES_A_SECOND = 1000;
const FIGURES_LEAST_NS = 1.9e9;
const FIGURES_MOST_NS = 30e9;
/** Above so many in FIN_WAIT2, nearly all mini-sockets, the few that a process holds cost too much. */
const MOST_FIN_WAIT2 = 20_000;

/** Our FIN is out, or waits to go, and its ACK is not here. */
export const UNACKED_STATES: readonly TcpState[] = ["FIN_WAIT1", "CLOSING", "LAST_ACK"];

/** One reading: the namespaces to read each state in. */
export interface QueueReading {
  readonly closeWait: ReadonlySet<number>;
  readonly finWait2: ReadonlySet<number>;
  /** Where a FIN of ours waits for its ACK and has not been sent again. */
  readonly quietFins: ReadonlySet<number>;
  /** Whether to ask for the byte counts too, which cost the most. */
  readonly hasFigures: boolean;
}

/** What the probes cannot see: queues in CLOSE_WAIT, and data on half-closed connections. */
export class QueueWatch {
  readonly #trace: Trace;
  readonly #now: () => Nanoseconds;
  #figuresAt = Number.NEGATIVE_INFINITY;

  constructor(trace: Trace, now: () => Nanoseconds) {
    this.#trace = trace;
    this.#now = now;
  }

  /** The connections that stay in CLOSE_WAIT. */
  stuck(): Endpoint[] {
    const now = this.#now();
    const old: Endpoint[] = [];
    for (const endpoint of this.#trace.inState("CLOSE_WAIT")) {
      if (now - (endpoint.enteredAt ?? now) >= YOUNG_NS) old.push(endpoint);
    }
    return old;
  }

  /**
   * What to read now.
   *
   * @param isExtra a look beside the regular ones: with all figures, and no turn of theirs
   */
  next(isExtra = false): QueueReading {
    const closing = this.stuck();
    const held = this.#held();
    const quiet = this.#quietFins();
    const now = this.#now();
    const pauseNs = ((closing.length + held.length + quiet.length) / FIGURES_A_SECOND) * 1e9;
    const isDue =
      now - this.#figuresAt >= Math.min(FIGURES_MOST_NS, Math.max(FIGURES_LEAST_NS, pauseNs));
    if (isDue && !isExtra) this.#figuresAt = now;
    const hasFigures = isDue || isExtra;
    return {
      closeWait: namespacesOf(closing),
      finWait2: namespacesOf(hasFigures ? held : []),
      quietFins: namespacesOf(hasFigures ? quiet : []),
      hasFigures,
    };
  }

  /** Connections that a process holds in FIN_WAIT2: it has shut its direction and still reads. */
  #held(): Endpoint[] {
    const list = this.#trace.inState("FIN_WAIT2");
    if (list.size > MOST_FIN_WAIT2) return [];
    const now = this.#now();
    return [...list].filter(
      ({ isMini, orphan, enteredAt }) => !isMini && !orphan && now - (enteredAt ?? now) >= YOUNG_NS,
    );
  }

  /**
   * FINs that no re-send tells of. One that waits behind a closed window, or that this host drops,
   * runs the persist timer, which no event tells.
   */
  #quietFins(): Endpoint[] {
    const now = this.#now();
    return UNACKED_STATES.flatMap((state) =>
      [...this.#trace.inState(state)].filter((endpoint) => {
        const since = endpoint.enteredAt ?? now;
        return now - since >= YOUNG_NS && !hasResentSince(endpoint, since);
      }),
    );
  }

  /**
   * Namespaces of which the trace is wrong: it knows a quiet FIN there that a reading of its
   * states since `sinceNs` did not list.
   *
   * The kernel may have skipped the run of a probe that told of the ACK, and the whole table is
   * compared rarely where that is much work.
   */
  mistaken(listed: ReadonlySet<Endpoint>, sinceNs: Nanoseconds): ReadonlySet<number> {
    return namespacesOf(
      this.#quietFins().filter((each) => !listed.has(each) && each.touchedAt < sinceNs),
    );
  }

  /**
   * Whether a row says something that the trace does not know yet.
   *
   * @param listed takes the endpoint of the row
   */
  isNews(row: SnapshotEvent, listed?: Set<Endpoint>): boolean {
    const endpoint = this.#trace.endpointOf(row);
    if (endpoint !== undefined) listed?.add(endpoint);
    if (UNACKED_STATES.includes(row.state)) {
      if (endpoint?.state !== row.state) return false;
      return finHoldOf(endpoint, row) !== endpoint.finHold;
    }
    if (row.state === "FIN_WAIT2") {
      return endpoint !== undefined && endpoint.state === row.state && isFlowNews(endpoint, row);
    }
    if (endpoint === undefined || endpoint.state !== row.state) return true;
    return (
      row.inode !== (endpoint.inode ?? 0) ||
      endpoint.unreadBytes !== Math.max(0, row.recvQ - 1) ||
      (row.recvQ === 0 && row.inode !== 0 && endpoint.unread !== "drained") ||
      isFlowNews(endpoint, row)
    );
  }
}

function namespacesOf(endpoints: readonly Endpoint[]): ReadonlySet<number> {
  return new Set(endpoints.map(({ tuple }) => tuple.netns));
}
