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
  /** When the heartbeat at which the trace ends was told; null before it and where none does. */
  atNs: Nanoseconds | null = null;

  constructor(account: LedgerAccount) {
    this.#account = account;
  }

  /** A heartbeat of that time has come, and stands in the account. */
  beat(t: Nanoseconds): void {
    if (this.#isNear) {
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
    if (atNs === null || event.t <= atNs) return event;
    if (event.type === "heartbeat") return null;
    if (event.type !== "gap") return event;
    return { ...event, t: atNs, from: Math.min(event.from, atNs) };
  }

  /** Resolves when all until the next heartbeat has come, at once where little is sent. */
  async reach(ended: Promise<unknown>): Promise<void> {
    if (this.#account.received - this.#before < BUSY_RECORDS) return;
    this.#isNear = true;
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    for (let ms = 0; ms < LONGEST_MS && !isOver && !this.#account.isComplete; ms += LOOK_MS) {
      await sleep(LOOK_MS);
    }
  }
}
