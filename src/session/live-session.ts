/** A live trace: starts the probes, orders their events, folds them, and hands them on. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Endpoint } from "../core/endpoint.ts";
import { Trace } from "../core/fold.ts";
import { OrderWindow } from "../event/order.ts";
import type { RecordingFooter, RecordingHeader } from "../event/recording.ts";
import type { Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import type { RecordingClock } from "../host/clock.ts";
import { ArrivalMark, SURE_AT_TICK } from "./arrival-mark.ts";
import { ClockWatch } from "./clock-watch.ts";
import { DetailPilot } from "./detail-pilot.ts";
import { HostWatch } from "./host-watch.ts";
import { LagWatch } from "./lag-watch.ts";
import type { EventListener, LiveOptions } from "./live-options.ts";
import type { OperatorError } from "./operator-error.ts";
import { ProbeFeed } from "./probe-feed.ts";
import { RestartPlan } from "./restart-plan.ts";
import { SessionTicks, TICK_MS } from "./session-ticks.ts";
import { showWatch } from "./show-watch.ts";
import { type PreparedProbes, prepareProbes } from "./start-probes.ts";

export type { EventListener, LiveOptions } from "./live-options.ts";

/** The clock of the screen may run ahead of the newest event by this much, nanoseconds. */
const QUIET_NS = 250e6;

/** A running trace. */
export class LiveSession {
  readonly header: RecordingHeader;
  readonly trace: Trace;
  /** A trace that has taken no event, and would become what `trace` is. */
  readonly newTrace: () => Trace;
  /** What this kernel leaves unseen, a sentence each. */
  readonly unseen: readonly string[];
  /** Settles when tracing has ended: null after stop(), else the error that ended it. */
  readonly ended: Promise<OperatorError | null>;
  readonly #clock: RecordingClock;
  readonly #clockWatch: ClockWatch;
  readonly #lagWatch: LagWatch;
  readonly #feed: ProbeFeed;
  readonly #probes: PreparedProbes;
  /** Chooses the detail; null where a person has, or where there is one only. */
  readonly #pilot: DetailPilot | null;
  readonly #order = new OrderWindow<TraceEvent>(Number.POSITIVE_INFINITY);
  readonly #arrived = new ArrivalMark();
  readonly #watch: HostWatch;
  readonly #listeners: EventListener[] = [];
  readonly #ticks: SessionTicks;
  #step: (event: TraceEvent) => void = (event) => this.trace.step(event);
  #batch: TraceEvent[] = [];
  #takenUntilNs = Number.NEGATIVE_INFINITY;
  #footer: RecordingFooter | null = null;

  private constructor(probes: PreparedProbes, options: LiveOptions) {
    const { clock, header } = probes;
    this.#probes = probes;
    this.#pilot = DetailPilot.of(probes, options, () => this.probePid);
    this.#clock = clock;
    this.header = header;
    this.unseen = probes.unseen;
    const seesMiniEnd = header.probes.includes("time_wait_end");
    this.newTrace = () => new Trace({ ...options.trace, sysctls: header.sysctls, seesMiniEnd });
    this.trace = this.newTrace();
    const tell = (line: string) => options.onProblem?.(line, false);
    this.#clockWatch = new ClockWatch(clock, tell);
    this.#lagWatch = new LagWatch(tell);
    this.#feed = new ProbeFeed({
      probes,
      plan: options.restarts === true ? new RestartPlan() : null,
      onOutage: options.onOutage ?? (() => {}),
      onDetail: (detail, t, mark) => {
        const move = (this.#pilot ?? probes.detail)?.answered(detail, t, mark);
        if (move != null) this.#order.push(move, this.#hold);
      },
      holdNs: () => this.#holdNs(clock.now()),
      out: (event) => {
        this.#arrived.pass(this.#ticks.wake(event.type === "heartbeat" ? SURE_AT_TICK : 1));
        this.#arrived.take(event, this.#feed.account);
        this.#lagWatch.take(event);
        if (this.#pilot !== null) this.#pilot.take(event);
        else if (event.type === "heartbeat") probes.detail?.remind();
        this.#order.push(event, this.#hold);
      },
    });
    this.#watch = new HostWatch({
      now: () => clock.now(),
      trace: this.trace,
      out: (event) => {
        if (probes.filter.passes(event)) this.#order.push(event, this.#hold);
      },
      onProblem: options.onProblem ?? (() => {}),
      mayCount: () => this.#pilot?.mayCount ?? false,
      netns: options.netns ?? null,
      seesMiniSegments: header.probes.includes("time_wait"),
    });
    this.#ticks = new SessionTicks((count, restedMs) => this.#tick(count, restedMs));
    this.ended = this.#feed.ended.then((error) => this.#finish(error));
  }

  /**
   * Start tracing; resolves when every probe is attached: then nothing is missing without a gap.
   * @throws OperatorError 4 when this host or this user cannot trace
   */
  static async start(options: LiveOptions): Promise<LiveSession> {
    const session = await LiveSession.prepare(options);
    await session.attach();
    return session;
  }

  /**
   * Prepare a trace without attaching its probes: what a screen needs for its first frame.
   * @throws OperatorError 4 when this host or this user cannot trace
   */
  static async prepare(options: LiveOptions): Promise<LiveSession> {
    return new LiveSession(await prepareProbes(options), options);
  }

  /**
   * Attach the probes of a prepared trace.
   * @throws OperatorError 4 when the kernel refuses them; the trace has then ended
   */
  async attach(): Promise<void> {
    await this.#feed.attach();
  }

  /** Whether the probes are attached. */
  get isAttached(): boolean {
    return this.#feed.probePid !== null;
  }

  /** The process of bpftrace, null until the probes have been attached. */
  get probePid(): number | null {
    return this.#feed.probePid;
  }

  /** Let another one step the trace with each event, as a recorder does; before the first. */
  stepWith(step: (event: TraceEvent) => void): void {
    this.#step = step;
  }

  /** Take every event from now on. */
  onEvents(listener: EventListener): void {
    this.#listeners.push(listener);
  }

  /** Read the socket table and the holders as they are now; resolves when all has been folded. */
  async readHost(): Promise<void> {
    await this.#watch.start();
    // From now on the kernel may count: who lived before is known.
    if (this.header.detail === "aggregate") this.#probes.detail?.choose("aggregate");
    else if (this.#pilot !== null) this.#pilot.begin();
  }

  /** Look at these namespaces now, beside the regular looks; resolves when all has been folded. */
  async look(netns: ReadonlySet<number>): Promise<void> {
    // What to look at is told by the trace, which does not know yet of what closed just now.
    await this.#takenUntil(this.#clock.now());
    await this.#watch.look(netns);
    if (this.#probes.detail === null) this.#order.flush(this.#hold);
    else await this.#takenUntil(this.#clock.now());
    this.#deliver();
  }

  /**
   * Look up who holds the living endpoints that pass, now; resolves when that is known. It is
   * folded with the next events, by `stop` at the latest.
   */
  async lookUpOwners(passes: (endpoint: Endpoint) => boolean): Promise<void> {
    await this.#takenUntil(this.#clock.now());
    await this.#watch.lookUpOwners(passes);
  }

  /** Nanoseconds since the recording's start. */
  now(): number {
    return this.#clock.now();
  }

  /** Who had ended and made room is in the recording all the same: no reader misses any. */
  get ledger() {
    return this.#feed.account.ledger(this.trace.evictedAlive);
  }

  /** Stop the probes and take in what they still say; returns the footer. */
  async stop(): Promise<RecordingFooter> {
    await this.#watch.stop();
    this.#pilot?.rest();
    await this.#feed.stop();
    await this.ended;
    return this.#footer as RecordingFooter;
  }

  /** How old what the probes told at that moment may be. */
  #holdNs(t: Nanoseconds): Nanoseconds {
    return this.#pilot?.holdNs(t) ?? this.#probes.holdNs;
  }

  /** Resolves when all until `t` has been folded, or no longer can be. */
  async #takenUntil(t: Nanoseconds): Promise<void> {
    while (this.#takenUntilNs < t && this.#footer === null) await sleep(TICK_MS);
  }

  readonly #hold = (event: TraceEvent): void => void this.#batch.push(event);

  /** As `TickListener` says. */
  #tick(count: number, restedMs: number): boolean {
    const now = this.#clock.now();
    this.#lagWatch.tick(this.#arrived.behind(now), count);
    const settled = this.#arrived.tick(now, count);
    this.#feed.tick(Math.min(settled, this.#arrived.readUntil), restedMs);
    this.#pilot?.tick(now);
    this.#clockWatch.tick(performance.now());
    this.#watch.tick(performance.now());
    // What the kernel holds is told late, with the times at which it happened. On a busy host
    // bpftrace is behind: what counts is how things stood when what comes now was sent.
    const holdNs = this.#holdNs(settled);
    const until = Math.max(settled - holdNs, this.#takenUntilNs);
    this.#order.release(until, this.#hold);
    this.#deliver();
    this.#takenUntilNs = until;
    // While nothing waits the clock of the screen goes on evenly, not from record to record.
    const isEmpty = this.#order.held === 0;
    const to = isEmpty ? now - QUIET_NS - holdNs : until;
    this.trace.advance(Math.min(to, this.#feed.end.atNs ?? to));
    return !isEmpty && this.#arrived.isAtRest;
  }

  #deliver(): void {
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    for (const event of batch) {
      this.#step(event);
      showWatch(this.#watch, event);
    }
    for (const listener of this.#listeners) listener(batch);
  }

  #finish(error: OperatorError | null): OperatorError | null {
    this.#ticks.stop();
    void this.#watch.stop();
    this.#order.flush(this.#hold);
    this.#deliver();
    const t = Math.max(this.#feed.end.atNs ?? this.#clock.now(), this.trace.now);
    this.trace.advance(t);
    this.trace.finish();
    this.#footer = { type: "footer", t, ledger: this.ledger };
    return error;
  }
}
