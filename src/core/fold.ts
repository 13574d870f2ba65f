/** The fold: one event after another into everything that is known. */

import type { DetailEvent } from "../event/detail.ts";
import type { Ledger } from "../event/recording.ts";
import type { TcpState } from "../event/tcp-state.ts";
import type { Nanoseconds, ProcessEvent, SocketTuple, TraceEvent } from "../event/trace-event.ts";
import { applyEvent } from "./apply-event.ts";
import type { CoreState } from "./core-state.ts";
import type { Endpoint } from "./endpoint.ts";
import type { EndpointRecord } from "./endpoint-record.ts";
import { expire } from "./expire.ts";
import type { Finding } from "./finding.ts";
import { ledgerOf } from "./ledger.ts";
import type { Listener } from "./listener-table.ts";
import { copyCoreState, newCoreState } from "./new-core-state.ts";
import { type PortOutlook, portOutlook } from "./port-outlook.ts";
import { type LoggedEvent, RecentEvents } from "./recent-events.ts";
import { type Rest, type Standing, standingOf, takeRests } from "./rest.ts";
import type { EventCounts, Resume } from "./resume.ts";
import type { SeriesPoint } from "./series.ts";
import { takeSettled } from "./settled.ts";
import type { EndpointList } from "./state-list.ts";
import { summaryOf } from "./summary.ts";
import { Tally } from "./tally.ts";
import type { Summary, TraceOptions, TraceView } from "./trace.ts";
import { Watchman } from "./watchman.ts";

const SECOND_NS = 1e9;

/**
 * Everything known after the events so far. Deterministic: no clock but the events', no I/O.
 * Feed events in order of time; ask at any moment.
 */
export class Trace implements TraceView {
  #core: CoreState;
  #watchman: Watchman;
  #evictedTally = new Tally();
  #log = new RecentEvents();
  #nextEvaluation: Nanoseconds = SECOND_NS;
  /** While it is told of the time before, nobody looks: see `Resume`. */
  #resume: Resume | null;
  #taken = 0;

  constructor(options: TraceOptions = {}) {
    const { resume, thresholds = {} } = options;
    this.#watchman = new Watchman(thresholds, (id) => this.#core.table.byId.has(id), resume);
    this.#resume = resume ?? null;
    this.#core = newCoreState(options, this.#onEvict);
  }

  readonly #onEvict = (endpoint: EndpointRecord): void => {
    this.#evictedTally.add(endpoint, this.isComplete(endpoint));
    this.#core.finTroubled.delete(endpoint);
  };

  /**
   * A trace that is what this one is now and goes on from here on its own.
   *
   * It costs about three microseconds for each endpoint that is kept, so it is made in steps of a
   * few milliseconds; this trace must take no event until the last one.
   */
  *copySteps(): Generator<void, Trace> {
    const copy = new Trace();
    copy.#core = yield* copyCoreState(this.#core, copy.#onEvict);
    copy.#watchman = this.#watchman.copy((id) => copy.#core.table.byId.has(id));
    copy.#evictedTally = this.#evictedTally.clone();
    copy.#nextEvaluation = this.#nextEvaluation;
    copy.#resume = this.#resume;
    copy.#taken = this.#taken;
    copy.#log = this.#log.copy();
    return copy;
  }

  /** Take one event. Never throws, whatever the event says. */
  step(event: TraceEvent): void {
    this.#taken++;
    this.advance(event.t);
    if (this.#resume === null) this.#log.add(event);
    applyEvent(this.#core, event);
  }

  /**
   * Let time pass without an event: the end of a recording, the tick of a live screen. Time never
   * goes back, and one that is no finite number, which no codec takes, lets none pass.
   */
  advance(to: Nanoseconds): void {
    if (!(to > this.#core.now) || to === Number.POSITIVE_INFINITY) return;
    this.#advanceTo(to);
    this.#core.now = to;
  }

  /** End what a resumed trace is told of the time before; from here on it sees for itself. */
  wake(rests: readonly Rest[] = []): void {
    const resume = this.#resume;
    if (resume === null) return;
    if (resume.order !== undefined) takeRests(this.#core, rests, resume.order);
    this.advance(resume.at);
    this.#nextEvaluation = (Math.floor(this.now / SECOND_NS) + 1) * SECOND_NS;
    this.#watchman.wake(this.#core, resume);
    this.#resume = null;
  }

  /** What another trace must be told beside events and rows to stand here. */
  standing(): Standing {
    return standingOf(this.#core);
  }

  /** What has come since the last whole second, for the charts. */
  get unseen(): EventCounts {
    return this.#watchman.unseen(this.#core);
  }

  /** Ask every detector now; call once after the last event. */
  finish(): void {
    this.#watchman.lookAtAll(this.#core, this.#core.now);
  }

  /** Run the timers and the detectors of every whole second up to `to`. */
  #advanceTo(to: Nanoseconds): void {
    if (to >= this.#nextEvaluation && this.#resume === null)
      this.#nextEvaluation = this.#watchman.watch(this.#core, this.#nextEvaluation, to);
    expire(this.#core, to);
  }

  get now(): Nanoseconds {
    return this.#core.now;
  }

  /** Events taken so far. */
  get taken(): number {
    return this.#taken;
  }

  /** How many endpoints are kept. */
  get itemised(): number {
    return this.#core.table.byId.size;
  }

  endpoints(): Iterable<Endpoint> {
    return this.#core.table.byId;
  }

  endpoint(id: string): Endpoint | undefined {
    return this.#core.table.byId.get(id);
  }

  /** The living endpoint with this tuple in this namespace. */
  endpointOf(tuple: SocketTuple): Endpoint | undefined {
    return this.#core.table.byTuple(tuple);
  }

  /** The living endpoint that has the kernel's socket at this address. */
  endpointOfSocket(sk: string): Endpoint | undefined {
    return this.#core.table.bySocket(sk);
  }

  /** The endpoint whose socket file has this inode, as far as it was ever looked up. */
  endpointOfInode(inode: number): Endpoint | undefined {
    return this.#core.table.byInode(inode);
  }

  inState(state: TcpState): EndpointList {
    return this.#core.table.inState(state);
  }

  /** The newest teardowns, under way or over, the newest first; a bounded number is remembered. */
  recent(count: number): readonly Endpoint[] {
    return this.#core.recent.newest(count);
  }

  /** The newest events that tell of a connection, the newest first; a bounded number is remembered. */
  recentEvents(count: number): readonly LoggedEvent[] {
    return this.#log.newest(count);
  }

  /** Local ports by destination and by listener, and how long they last. */
  ports(): PortOutlook {
    return portOutlook(this.#core, this.#core.now);
  }

  /** Who listens where a connection came in. */
  listenerOf(tuple: SocketTuple): Readonly<Listener> | undefined {
    return this.#core.listeners.of(tuple);
  }

  /** Take those whose teardown came to a verdict; a trace that nobody asks collects nothing. */
  takeSettled(until: Nanoseconds): Endpoint[] {
    return takeSettled(this.#core, until);
  }

  findings(): readonly Finding[] {
    return this.#watchman.findings();
  }

  /** How many a finding spoke of in each of the last seconds, oldest first. */
  trend(findingId: string): readonly number[] {
    return this.#watchman.trend(findingId);
  }

  series(seconds: number): readonly SeriesPoint[] {
    return this.#watchman.series(seconds);
  }

  process(pid: number, at?: Nanoseconds): ProcessEvent | undefined {
    return this.#core.processes.get(pid, at);
  }

  sysctls(netns = 0): Readonly<Record<string, string>> {
    return { ...this.#core.sysctls.get(0), ...this.#core.sysctls.get(netns) };
  }

  isComplete(endpoint: Endpoint): boolean {
    const { gaps, now } = this.#core;
    return endpoint.isComplete && !gaps.overlaps(endpoint.bornAt, endpoint.endedAt ?? now);
  }

  summary(): Summary {
    const tally = this.#evictedTally.clone();
    for (const endpoint of this.endpoints()) tally.add(endpoint, this.isComplete(endpoint));
    return summaryOf(this.#core, tally);
  }

  /** The newest move to another detail; null while it is the header's. */
  get detail(): DetailEvent | null {
    return this.#core.detail;
  }

  get countedUntil(): Nanoseconds | null {
    return this.#core.countedUntil;
  }

  /** How many endpoints were only counted. */
  get counted(): number {
    return this.#core.counted.total;
  }

  ledger(): Ledger {
    return ledgerOf(this.#core);
  }

  /** How many endpoints were forgotten for want of room while they lived. */
  get evictedAlive(): number {
    return this.#core.table.evictedAlive;
  }

  gaps() {
    return this.#core.gaps.sums();
  }
}
