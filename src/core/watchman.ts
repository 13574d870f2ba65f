/** Looks at the whole state once a second: asks the detectors, and notes what the charts show. */

import { TCP_STATES, type TcpState } from "../event/tcp-state.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import { LATEST_NS } from "./apply-late.ts";
import type { CoreState } from "./core-state.ts";
import { detectors } from "./detectors/index.ts";
import { isFinUnanswered } from "./detectors/repeated-fin.ts";
import { expire } from "./expire.ts";
import type { Finding } from "./finding.ts";
import { FindingBook } from "./finding-book.ts";
import type { EventCounts, Resume } from "./resume.ts";
import { Series, type SeriesPoint } from "./series.ts";
import type { TraceOptions } from "./trace.ts";

const SECOND_NS = 1e9;
/**
 * Detectors walk the endpoints that wait for something. With more than this many they are asked
 * less often, a second for each so many, so that their share of the time stays the same.
 */
const WAITING_A_SECOND = 20_000;
const WAITING_STATES = ["CLOSE_WAIT", "FIN_WAIT1", "FIN_WAIT2", "LAST_ACK", "CLOSING"] as const;

/** Keeps what it found: findings with their beginning and end, and the last hour's figures. */
export class Watchman {
  #book: FindingBook;
  #series: Series;
  readonly #thresholds: NonNullable<TraceOptions["thresholds"]>;
  #secondsToWait = 0;
  #before: EventCounts = { transitions: 0, retransmits: 0, resets: 0 };

  /** @param isKnown whether an endpoint with this id is still itemised */
  constructor(
    thresholds: NonNullable<TraceOptions["thresholds"]>,
    isKnown: (id: string) => boolean,
    resume?: Pick<Resume, "findings" | "series">,
  ) {
    this.#thresholds = thresholds;
    this.#book = new FindingBook(isKnown, resume?.findings);
    this.#series = new Series(resume?.series);
  }

  /** What the events so far have told up to the last whole second was seen in its time. */
  wake(core: CoreState, { at, unseen }: Resume): void {
    this.#before = difference(countsOf(core), unseen);
    const lookedAt = Math.floor(at / SECOND_NS) * SECOND_NS;
    core.left.splice(0, core.left.findLastIndex(({ to }) => to <= lookedAt) + 1);
    for (const endpoint of core.finTroubled) {
      const changedAt = endpoint.endedAt ?? endpoint.touchedAt;
      if (!isFinUnanswered(endpoint) && changedAt <= lookedAt) core.finTroubled.delete(endpoint);
    }
  }

  /** One that goes on from here over a copied state. */
  copy(isKnown: (id: string) => boolean): Watchman {
    const copy = new Watchman(this.#thresholds, isKnown);
    copy.#book = this.#book.copy(isKnown);
    copy.#series = this.#series.copy();
    copy.#secondsToWait = this.#secondsToWait;
    copy.#before = { ...this.#before };
    return copy;
  }

  /** The looks of the whole seconds from `next` up to `to`; tells when the one after is due. */
  watch(core: CoreState, next: Nanoseconds, to: Nanoseconds): Nanoseconds {
    let due = next;
    // After a long silence nothing changes from second to second but what expires.
    const skipTo = to - 120 * SECOND_NS;
    if (due < skipTo) {
      expire(core, skipTo);
      due = Math.ceil(skipTo / SECOND_NS) * SECOND_NS;
    }
    for (; due <= to; due += SECOND_NS) {
      expire(core, due);
      this.look(core, due);
    }
    return due;
  }

  /** The look of one second: always for the charts, for the findings as often as there is time. */
  look(core: CoreState, now: Nanoseconds): void {
    core.resets.advance(now);
    core.table.ports.tick(now);
    if (this.#secondsToWait > 0) this.#secondsToWait--;
    else this.#ask(core, now);
    this.#tidy(core, now);
    this.#series.push(this.#point(core, now));
  }

  /** The last look: every detector is asked. */
  lookAtAll(core: CoreState, now: Nanoseconds): void {
    this.#secondsToWait = 0;
    this.look(core, now);
  }

  /** What has come since the last look. */
  unseen(core: CoreState): EventCounts {
    return difference(countsOf(core), this.#before);
  }

  findings(): readonly Finding[] {
    return this.#book.all();
  }

  /** How many a finding spoke of at each of its last looks, oldest first. */
  trend(id: string): readonly number[] {
    return this.#book.trend(id);
  }

  /** The newest seconds, oldest first. */
  series(seconds: number): readonly SeriesPoint[] {
    return this.#series.last(seconds);
  }

  #ask(core: CoreState, now: Nanoseconds): void {
    for (const detector of detectors) {
      const threshold = this.#thresholds[detector.kind] ?? detector.threshold;
      this.#book.update(detector.kind, detector.find(core, now, threshold), now);
    }
    for (const endpoint of core.finTroubled) {
      if (!isFinUnanswered(endpoint)) core.finTroubled.delete(endpoint);
    }
    core.left.length = 0;
    packWaiting(core, now);
    const waiting = WAITING_STATES.reduce((sum, state) => sum + core.table.inState(state).size, 0);
    this.#secondsToWait = Math.floor(waiting / WAITING_A_SECOND);
  }

  /** Forget the sockets that are too long closed for what comes late to belong to them. */
  #tidy(core: CoreState, now: Nanoseconds): void {
    for (const [sk, closed] of core.justClosed) {
      if (closed.touchedAt <= now - LATEST_NS) core.justClosed.delete(sk);
    }
  }

  #point(core: CoreState, now: Nanoseconds): SeriesPoint {
    const states: Partial<Record<TcpState, number>> = {};
    for (const state of TCP_STATES) {
      if (state === null) continue;
      const count = core.table.inState(state).size;
      if (count > 0) states[state] = count;
    }
    const before = this.#before;
    this.#before = countsOf(core);
    return {
      at: now - SECOND_NS,
      ...difference(this.#before, before),
      states,
    };
  }
}

/**
 * A mini-socket that waits in FIN_WAIT2 for longer than an instant: the peer keeps it waiting, or
 * the segment that ends the wait was lost on its way here, as thousands are on a busy host.
 */
function packWaiting({ table }: CoreState, now: Nanoseconds): void {
  for (const endpoint of table.inState("FIN_WAIT2")) {
    if (endpoint.isMini && endpoint.touchedAt < now - SECOND_NS) table.pack(endpoint);
  }
}

function countsOf({ transitions, segmentsResent, resetsSeen }: CoreState): EventCounts {
  return { transitions, retransmits: segmentsResent, resets: resetsSeen };
}

function difference(a: EventCounts, b: EventCounts): EventCounts {
  return {
    transitions: a.transitions - b.transitions,
    retransmits: a.retransmits - b.retransmits,
    resets: a.resets - b.resets,
  };
}
