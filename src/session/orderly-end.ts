/** Ends a trace where all that was sent has come, before bpftrace is asked to stop. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import type { LedgerAccount } from "./ledger-account.ts";

/** So many records in the last second or two, and some would come while bpftrace stops. */
const BUSY_RECORDS = 20;
/** A bpftrace that is further behind is not waited for: what it has not told is lost. */
const LONGEST_MS = 4000;
const LOOK_MS = 20;

/**
 * bpftrace 0.17 drops what waits in its buffers when it is asked to stop
 * (`src/bpftrace.cpp:perf_event_printer`), so on a busy host each trace would end with a loss. It
 * ends at a heartbeat instead, and what is sent after that is not a part of it.
 */
export class OrderlyEnd {
  readonly #account: LedgerAccount;
  #atBeat = 0;
  #before = 0;
  #isNear = false;
  /** Until then the probes held what they had to tell. */
  #heldUntilNs = Number.NEGATIVE_INFINITY;
  /** The oldest change of state that was told since the last heartbeat. */
  #oldestNs = Number.POSITIVE_INFINITY;
  /** When the heartbeat at which the trace ends was told; null before it and where none does. */
  atNs: Nanoseconds | null = null;

  constructor(account: LedgerAccount) {
    this.#account = account;
  }

  /** From now on the probes hold nothing new; what they held is told by and by. */
  noteLetGo(t: Nanoseconds): void {
    this.#heldUntilNs = t;
  }

  /**
   * A heartbeat of that time has come, and stands in the account. While old lives are still being
   * told it is not the end, for the others would be missing without a word.
   */
  beat(t: Nanoseconds): void {
    const isTold = this.#oldestNs >= this.#heldUntilNs;
    this.#oldestNs = Number.POSITIVE_INFINITY;
    if (this.#isNear && isTold) {
      this.#account.end();
      this.atNs ??= t;
    }
    this.#before = this.#atBeat;
    this.#atBeat = this.#account.received;
  }

  /**
   * What the trace keeps of an event: no heartbeat comes after its end, and what is missing was
   * missing by then. A record that was sent before it may bear a time some microseconds later.
   */
  kept(event: TraceEvent): TraceEvent | null {
    const { atNs } = this;
    if (event.type === "transition") this.#oldestNs = Math.min(this.#oldestNs, event.t);
    if (atNs === null || event.t <= atNs) return event;
    if (event.type === "heartbeat") return null;
    if (event.type !== "gap") return event;
    return { ...event, t: atNs, from: Math.min(event.from, atNs) };
  }

  /** Resolves when all until the next heartbeat has come, at once where little is sent. */
  async reach(ended: Promise<unknown>): Promise<void> {
    if (this.#account.received - this.#before < BUSY_RECORDS) return;
    this.#isNear = true;
    this.#oldestNs = Number.POSITIVE_INFINITY;
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    for (let ms = 0; ms < LONGEST_MS && !isOver && !this.#account.isComplete; ms += LOOK_MS) {
      await sleep(LOOK_MS);
    }
  }
}
