/** The fold: one event after another into everything that is known. */

import type { Ledger } from "../event/recording.ts";
import { TCP_STATES, type TcpState } from "../event/tcp-state.ts";
import type {
  GapEvent,
  HostEvent,
  Nanoseconds,
  ProcessEvent,
  SocketTuple,
  TraceEvent,
} from "../event/trace-event.ts";
import { applyOpen, applyOwner, applyProcess } from "./apply-owner.ts";
import {
  applyDestroy,
  applyMiniEnd,
  applyMiniSegment,
  applyRead,
  applyReset,
  applyRetransmit,
} from "./apply-segment.ts";
import { applySnapshot, applySnapshotEnd } from "./apply-snapshot.ts";
import { applyTransition, RESET_JOIN_NS } from "./apply-transition.ts";
import { type CoreState, endEndpoint } from "./core-state.ts";
import { detectors } from "./detectors/index.ts";
import { isFinUnanswered } from "./detectors/repeated-fin.ts";
import type { Endpoint, Verdict } from "./endpoint.ts";
import { EndpointTable } from "./endpoint-table.ts";
import { ExpiryQueue } from "./expiry-queue.ts";
import type { Finding } from "./finding.ts";
import { FindingBook } from "./finding-book.ts";
import { GapList } from "./gap-list.ts";
import { type Listener, ListenerTable } from "./listener-table.ts";
import { RecentTeardowns } from "./recent-teardowns.ts";
import { ResetWindow } from "./reset-window.ts";
import { Series, type SeriesPoint } from "./series.ts";
import type { EndpointList } from "./state-list.ts";
import { Tally } from "./tally.ts";
import type { Percentiles, Summary, TraceOptions, TraceView } from "./trace.ts";

const SECOND_NS = 1e9;
const OVERFLOW = "TcpExt.TCPTimeWaitOverflow";
/**
 * How long the end of a mini-socket may be late. The kernel's timer wheel rounds 60 s up by as
 * much as 2 s at HZ=250 and 4 s at HZ=1000 (`kernel/time/timer.c:calc_index`), so where a probe
 * reports the end, the rule waits for it.
 */
const MINI_END_GRACE_NS = 6 * SECOND_NS;

/**
 * Everything known after the events so far. Deterministic: no clock but the events', no I/O.
 *
 * Feed events in order of time; ask at any moment.
 */
export class Trace implements TraceView {
  readonly #core: CoreState;
  readonly #book = new FindingBook((id) => this.#core.table.byId.has(id));
  readonly #series = new Series();
  readonly #evictedTally = new Tally();
  readonly #thresholds: NonNullable<TraceOptions["thresholds"]>;
  #nextEvaluation: Nanoseconds = SECOND_NS;
  #taken = 0;
  #before = { transitions: 0, retransmits: 0, resets: 0 };

  constructor(options: TraceOptions = {}) {
    this.#thresholds = options.thresholds ?? {};
    const core: CoreState = {
      now: 0,
      table: new EndpointTable(
        options.maxEnded ?? 20_000,
        options.maxAlive ?? 1_000_000,
        (endpoint) => {
          this.#evictedTally.add(endpoint, this.isComplete(endpoint));
          this.#core.finTroubled.delete(endpoint);
        },
      ),
      listeners: new ListenerTable(),
      expiry: new ExpiryQueue(),
      gaps: new GapList(),
      phases: new Map(),
      processes: new Map(),
      sysctls: new Map([[0, { ...options.sysctls }]]),
      counters: new Map(),
      finTroubled: new Set(),
      portFailures: [],
      justClosed: new Map(),
      heldClosed: new Map(),
      left: [],
      overflows: new Map(),
      seesMiniEnd: options.seesMiniEnd ?? false,
      resends: { FIN: 0, DATA: 0, SYN: 0 },
      resets: new ResetWindow(),
      settled: [],
      keepsSettled: false,
      recent: new RecentTeardowns(),
      transitions: 0,
      segmentsResent: 0,
      resetsSeen: 0,
      unparsed: 0,
      heartbeat: null,
    };
    this.#core = core;
  }

  /** Take one event. Never throws, whatever the event says. */
  step(event: TraceEvent): void {
    const core = this.#core;
    this.#taken++;
    if (event.t > core.now) {
      this.#advanceTo(event.t);
      core.now = event.t;
    }
    this.#apply(event);
  }

  /** Let time pass without an event: the end of a recording, the tick of a live screen. */
  advance(to: Nanoseconds): void {
    if (to <= this.#core.now) return;
    this.#advanceTo(to);
    this.#core.now = to;
  }

  /** Ask every detector now; call once after the last event. */
  finish(): void {
    this.#evaluate(this.#core.now);
  }

  #apply(event: TraceEvent): void {
    const core = this.#core;
    switch (event.type) {
      case "transition":
        applyTransition(core, event);
        break;
      case "retransmit":
        applyRetransmit(core, event);
        break;
      case "reset":
        applyReset(core, event);
        break;
      case "open":
        applyOpen(core, event);
        break;
      case "read":
        applyRead(core, event);
        break;
      case "destroy":
        applyDestroy(core, event);
        break;
      case "mini-segment":
        applyMiniSegment(core, event);
        break;
      case "mini-end":
        applyMiniEnd(core, event);
        break;
      case "snapshot":
        applySnapshot(core, event);
        break;
      case "snapshot-end":
        applySnapshotEnd(core, event);
        break;
      case "owner":
        applyOwner(core, event);
        break;
      case "process":
        applyProcess(core, event);
        break;
      case "host":
        applyHost(core, event);
        break;
      case "heartbeat":
        core.heartbeat = event;
        break;
      case "gap":
        applyGap(core, event);
        break;
    }
  }

  /** Run the timers and the detectors of every whole second up to `to`. */
  #advanceTo(to: Nanoseconds): void {
    if (to < this.#nextEvaluation) {
      this.#expire(to);
      return;
    }
    // After a long silence nothing changes from second to second but what expires.
    const skipTo = to - 120 * SECOND_NS;
    if (this.#nextEvaluation < skipTo) {
      this.#expire(skipTo);
      this.#nextEvaluation = Math.ceil(skipTo / SECOND_NS) * SECOND_NS;
    }
    while (this.#nextEvaluation <= to) {
      this.#expire(this.#nextEvaluation);
      this.#evaluate(this.#nextEvaluation);
      this.#nextEvaluation += SECOND_NS;
    }
    this.#expire(to);
  }

  #expire(now: Nanoseconds): void {
    const { expiry, seesMiniEnd } = this.#core;
    const due = seesMiniEnd ? now - MINI_END_GRACE_NS : now;
    while (expiry.nextAt <= due) {
      const at = expiry.nextAt;
      const endpoint = expiry.pop();
      if (endpoint === undefined || endpoint.endedAt !== null || endpoint.expiresAt !== at)
        continue;
      endEndpoint(this.#core, endpoint, at, expiryVerdict(endpoint));
    }
  }

  #evaluate(now: Nanoseconds): void {
    const core = this.#core;
    core.resets.advance(now);
    core.table.ports.tick(now);
    for (const detector of detectors) {
      const threshold = this.#thresholds[detector.kind] ?? detector.threshold;
      this.#book.update(detector.kind, detector.find(core, now, threshold), now);
    }
    for (const endpoint of core.finTroubled) {
      if (!isFinUnanswered(endpoint)) core.finTroubled.delete(endpoint);
    }
    core.left.length = 0;
    for (const [sk, closed] of core.justClosed) {
      if (closed.touchedAt > now - RESET_JOIN_NS) break;
      core.justClosed.delete(sk);
    }
    this.#series.push(this.#point(now));
  }

  #point(now: Nanoseconds): SeriesPoint {
    const core = this.#core;
    const states: Partial<Record<TcpState, number>> = {};
    for (const state of TCP_STATES) {
      if (state === null) continue;
      const count = core.table.inState(state).size;
      if (count > 0) states[state] = count;
    }
    const before = this.#before;
    this.#before = {
      transitions: core.transitions,
      retransmits: core.segmentsResent,
      resets: core.resetsSeen,
    };
    return {
      at: now - SECOND_NS,
      transitions: core.transitions - before.transitions,
      retransmits: core.segmentsResent - before.retransmits,
      resets: core.resetsSeen - before.resets,
      states,
    };
  }

  get now(): Nanoseconds {
    return this.#core.now;
  }

  /** Events taken so far. */
  get taken(): number {
    return this.#taken;
  }

  endpoints(): Iterable<Endpoint> {
    return this.#core.table.byId.values();
  }

  endpoint(id: string): Endpoint | undefined {
    return this.#core.table.byId.get(id);
  }

  /** The living endpoint with this tuple in this namespace. */
  endpointOf(tuple: SocketTuple): Endpoint | undefined {
    return this.#core.table.byTuple(tuple);
  }

  inState(state: TcpState): EndpointList {
    return this.#core.table.inState(state);
  }

  /** The newest teardowns, under way or over, the newest first; a bounded number is remembered. */
  recent(count: number): readonly Endpoint[] {
    return this.#core.recent.newest(count);
  }

  /** Who listens where a connection came in. */
  listenerOf(tuple: SocketTuple): Readonly<Listener> | undefined {
    return this.#core.listeners.of(tuple);
  }

  /**
   * Take the endpoints whose teardown came to a verdict until `until`, each once.
   *
   * The first call begins the collection; a trace that nobody asks collects nothing.
   */
  takeSettled(until: Nanoseconds): Endpoint[] {
    const { settled } = this.#core;
    this.#core.keepsSettled = true;
    const count = settled.findIndex((each) => each.at > until);
    return settled.splice(0, count < 0 ? settled.length : count).map((each) => each.endpoint);
  }

  findings(): readonly Finding[] {
    return this.#book.all();
  }

  series(seconds: number): readonly SeriesPoint[] {
    return this.#series.last(seconds);
  }

  process(pid: number): ProcessEvent | undefined {
    return this.#core.processes.get(pid);
  }

  sysctls(netns = 0): Readonly<Record<string, string>> {
    return { ...this.#core.sysctls.get(0), ...this.#core.sysctls.get(netns) };
  }

  isComplete(endpoint: Endpoint): boolean {
    return (
      endpoint.isComplete &&
      !this.#core.gaps.overlaps(endpoint.bornAt, endpoint.endedAt ?? this.#core.now)
    );
  }

  summary(): Summary {
    const tally = this.#evictedTally.clone();
    for (const endpoint of this.endpoints()) tally.add(endpoint, this.isComplete(endpoint));
    const phaseMs: Record<string, Percentiles> = {};
    for (const [state, histogram] of this.#core.phases) phaseMs[state] = histogram.percentiles();
    return {
      endpoints: tally.endpoints,
      itemised: this.#core.table.byId.size,
      teardowns: tally.teardowns,
      byVerdict: tally.byVerdict,
      byRole: tally.byRole,
      retransmits: { ...this.#core.resends },
      phaseMs,
    };
  }

  ledger(): Ledger {
    const beat = this.#core.heartbeat;
    const { counted = 0, received = 0, lost = 0, unparsed = 0, skipped = 0 } = beat ?? {};
    return {
      counted,
      received,
      lost,
      skipped,
      unparsed,
      evicted: this.#core.table.evicted,
      balanced: counted === received + lost + unparsed,
    };
  }
}

/** A wait that is only inferred may have been TIME_WAIT all along. */
function expiryVerdict({ state, phases }: Endpoint): Verdict {
  if (state === "TIME_WAIT") return "graceful";
  return phases.at(-1)?.evidence === "inferred" ? "unknown" : "timed-out";
}

function applyHost(core: CoreState, event: HostEvent): void {
  if (event.sysctls !== undefined) {
    core.sysctls.set(event.netns, { ...core.sysctls.get(event.netns), ...event.sysctls });
  }
  if (event.counters !== undefined) {
    const before = core.counters.get(event.netns)?.[OVERFLOW];
    const after = event.counters[OVERFLOW];
    if (before !== undefined && after !== undefined && after > before) {
      core.overflows.set(event.netns, event.t);
    }
    const known = core.counters.get(event.netns);
    // Last in the map is newest: what counts the whole host stands in every namespace.
    core.counters.delete(event.netns);
    core.counters.set(event.netns, { ...known, ...event.counters });
  }
}

function applyGap(core: CoreState, event: GapEvent): void {
  core.gaps.add(event);
}
