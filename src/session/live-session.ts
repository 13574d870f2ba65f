/** A live trace: starts the probes, orders their events, folds them, and hands them on. */

import type { BpftraceError, BpftraceRun } from "../bpftrace-runner/index.ts";
import { Trace } from "../core/fold.ts";
import { OrderWindow } from "../event/order.ts";
import type { RecordingFooter, RecordingHeader } from "../event/recording.ts";
import type { GapEvent, TraceEvent } from "../event/trace-event.ts";
import type { RecordingClock } from "../host/clock.ts";
import { ArrivalMark } from "./arrival-mark.ts";
import { HostWatch } from "./host-watch.ts";
import { LedgerAccount } from "./ledger-account.ts";
import type { LiveOptions } from "./live-options.ts";
import { OperatorError } from "./operator-error.ts";
import { type Beat, ProbeRows } from "./probe-rows.ts";
import { SkippedRuns } from "./skipped-runs.ts";
import { type PreparedProbes, prepareProbes } from "./start-probes.ts";

export type { LiveOptions } from "./live-options.ts";

/** Takes the ordered events, a batch at a time, after they have been folded. */
export type EventListener = (events: readonly TraceEvent[]) => void;

/** Events are handed on this much later than they happened, so that CPUs can be put in order. */
const ADVANCE_MS = 100;
/** The clock of the screen may run ahead of the newest event by this much, nanoseconds. */
const QUIET_NS = 250e6;

/** A running trace. */
export class LiveSession {
  readonly header: RecordingHeader;
  readonly trace: Trace;
  /** What this kernel leaves unseen, a sentence each. */
  readonly unseen: readonly string[];
  /** Settles when tracing has ended: null after stop(), an error when bpftrace died. */
  readonly ended: Promise<OperatorError | null>;
  readonly #probes: PreparedProbes;
  readonly #abort = new AbortController();
  readonly #clock: RecordingClock;
  readonly #account = new LedgerAccount();
  readonly #order = new OrderWindow<TraceEvent>(Number.POSITIVE_INFINITY);
  readonly #arrived = new ArrivalMark();
  readonly #rows: ProbeRows;
  readonly #watch: HostWatch;
  readonly #listeners: EventListener[] = [];
  readonly #timer: NodeJS.Timeout;
  #run: BpftraceRun | null = null;
  #skipped: SkippedRuns | null = null;
  #settle: (error: OperatorError | null) => void = () => {};
  #batch: TraceEvent[] = [];
  #lastBeatNs = 0;
  #footer: RecordingFooter | null = null;

  private constructor(probes: PreparedProbes, options: LiveOptions) {
    const { clock, header } = probes;
    this.#probes = probes;
    this.#clock = clock;
    this.header = header;
    this.unseen = probes.unseen;
    this.trace = new Trace({
      ...options.trace,
      sysctls: header.sysctls,
      seesMiniEnd: header.probes.includes("time_wait_end"),
    });
    this.#rows = new ProbeRows(probes.decoder, this.#account, (beat) => this.#onBeat(beat));
    this.#watch = new HostWatch({
      now: () => clock.now(),
      trace: this.trace,
      out: (event) => this.#order.push(event, this.#hold),
      onProblem: options.onProblem ?? (() => {}),
      netns: options.netns ?? null,
      seesMiniSegments: header.probes.includes("time_wait"),
    });
    this.#timer = setInterval(() => this.#tick(), ADVANCE_MS);
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /**
   * Start tracing. Resolves when every probe is attached: from then on nothing is missing
   * without a gap.
   *
   * @throws OperatorError 4 when this host or this user cannot trace
   */
  static async start(options: LiveOptions): Promise<LiveSession> {
    const session = await LiveSession.prepare(options);
    await session.attach();
    return session;
  }

  /**
   * Prepare a trace without attaching its probes: what a screen needs for its first frame.
   *
   * @throws OperatorError 4 when this host or this user cannot trace
   */
  static async prepare(options: LiveOptions): Promise<LiveSession> {
    return new LiveSession(await prepareProbes(options), options);
  }

  /**
   * Attach the probes of a prepared trace.
   *
   * @throws OperatorError 4 when the kernel refuses them; the trace has then ended
   */
  async attach(): Promise<void> {
    try {
      const run = await this.#probes.attach(this.#abort.signal);
      this.#run = run;
      this.#skipped = new SkippedRuns(`/proc/${run.pid}/fdinfo`, this.#probes.isEventProgram);
      run.onMessages((messages) => {
        for (const message of messages) {
          this.#rows.take(message, (event) => {
            this.#arrived.note(event.t);
            this.#order.push(event, this.#hold);
          });
        }
      });
      void run.ended.then((end) => this.#settle(this.#finish(end.error ?? null)));
    } catch (error) {
      this.#finish(null);
      this.#settle(error instanceof OperatorError ? error : null);
      throw error;
    }
  }

  /** Whether the probes are attached. */
  get isAttached(): boolean {
    return this.#run !== null;
  }

  /** Take every event from now on. */
  onEvents(listener: EventListener): void {
    this.#listeners.push(listener);
  }

  /** Read the socket table and the holders as they are now; resolves when all has been folded. */
  async readHost(): Promise<void> {
    await this.#watch.start();
  }

  /** Look at the host now, beside the regular looks; resolves when all of it has been folded. */
  async look(): Promise<void> {
    await this.#watch.look();
    this.#order.flush(this.#hold);
    this.#deliver();
  }

  /** Nanoseconds since the recording's start. */
  now(): number {
    return this.#clock.now();
  }

  get ledger() {
    return this.#account.ledger(this.trace.ledger().evicted);
  }

  /** Stop the probes and take in what they still say; returns the footer. */
  async stop(): Promise<RecordingFooter> {
    await this.#watch.stop();
    this.#abort.abort();
    await this.#run?.stop();
    await this.ended;
    return this.#footer as RecordingFooter;
  }

  readonly #hold = (event: TraceEvent): void => {
    this.#batch.push(event);
  };

  #tick(): void {
    const now = this.#clock.now();
    const until = this.#arrived.tick(now);
    this.#order.release(until, this.#hold);
    this.#deliver();
    // While nothing waits the clock of the screen goes on evenly, not from record to record.
    this.trace.advance(this.#order.held === 0 ? now - QUIET_NS : until);
  }

  #deliver(): void {
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    for (const event of batch) {
      this.trace.step(event);
      if (event.type === "transition") this.#watch.notice(event.netns);
      else if (event.type === "gap") this.#watch.noticeLoss();
    }
    for (const listener of this.#listeners) listener(batch);
  }

  #onBeat(beat: Beat): void {
    this.#clock.observe(beat.bootNs);
    const t = this.#clock.toRecording(beat.bootNs);
    this.#arrived.note(t);
    const { counted, received, lost, unparsed, skipped } = this.#account;
    const wall = this.#clock.wallAt(t);
    this.#order.push(
      { type: "heartbeat", t, wall, counted, received, lost, unparsed, skipped },
      this.#hold,
    );
    void this.#countSkipped(t);
  }

  async #countSkipped(t: number): Promise<void> {
    const total = (await this.#skipped?.read()) ?? null;
    if (total === null || total <= this.#account.skipped) {
      this.#lastBeatNs = t;
      return;
    }
    const count = total - this.#account.skipped;
    this.#account.skipped = total;
    const gap: GapEvent = { type: "gap", t, from: this.#lastBeatNs, cause: "skipped", count };
    this.#lastBeatNs = t;
    this.#order.push(gap, this.#hold);
  }

  #finish(error: BpftraceError | null): OperatorError | null {
    clearInterval(this.#timer);
    void this.#watch.stop();
    const t = this.#clock.now();
    for (const gap of this.#account.close(this.#rows.lastSeqs, t))
      this.#order.push(gap, this.#hold);
    if (error !== null) {
      const from = this.#lastBeatNs;
      this.#order.push({ type: "gap", t, from, cause: "hung", count: null }, this.#hold);
    }
    this.#order.flush(this.#hold);
    this.#deliver();
    this.trace.advance(t);
    this.trace.finish();
    this.#footer = { type: "footer", t, ledger: this.ledger };
    return error === null ? null : new OperatorError(1, error.message, error);
  }

  /** The footer; null while tracing. */
  get footer(): RecordingFooter | null {
    return this.#footer;
  }
}
