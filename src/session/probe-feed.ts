/** Keeps bpftrace tracing through hangs and deaths, and the account of all that it sends. */

import { setTimeout as sleep } from "node:timers/promises";
import type { BpftraceEnd, BpftraceRun } from "../bpftrace-runner/index.ts";
import type { GapCause, Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import type { RecordingClock } from "../host/clock.ts";
import { letGo } from "./detail-switch.ts";
import { LedgerAccount } from "./ledger-account.ts";
import { OperatorError } from "./operator-error.ts";
import { OrderlyEnd } from "./orderly-end.ts";
import { begunLine, endReason, givenUpLine, hangReason, lastingLine, overLine } from "./outage.ts";
import type { ProbeFeedOptions } from "./probe-feed-options.ts";
import { type Beat, bootNsOf, ProbeRows } from "./probe-rows.ts";
import type { RestartPlan } from "./restart-plan.ts";
import { SilenceWatch } from "./silence-watch.ts";
import { SkippedRuns } from "./skipped-runs.ts";
import { gateBefore } from "./traffic-gate.ts";

/** A hanging bpftrace gets less time to go than one that is to print its maps. */
const HUNG_LADDER_MS = [1000, 500] as const;
/** A heartbeat that comes later than this waited in a buffer. */
const FRESH_NS = 500e6;

/** All that comes from the probes of one trace, whichever bpftrace runs them. */
export class ProbeFeed {
  readonly account: LedgerAccount;
  /** Settles when tracing has ended: null after stop(), else why it did. */
  readonly ended: Promise<OperatorError | null>;
  readonly #options: ProbeFeedOptions;
  readonly #clock: RecordingClock;
  readonly #rows: ProbeRows;
  readonly end: OrderlyEnd;
  readonly #abort = new AbortController();
  #settle: (error: OperatorError | null) => void = () => {};
  #attaching: Promise<BpftraceRun> | null = null;
  #run: BpftraceRun | null = null;
  #silence: SilenceWatch | null = null;
  #skipped: SkippedRuns | null = null;
  /** Skipped runs of the bpftrace that runs now. */
  #skippedNow = 0;
  #skippedSince: Nanoseconds = 0;
  #newestBeat: { readonly t: Nanoseconds; readonly isFresh: boolean } | null = null;
  /** Up to here nothing is missing without a gap. */
  #knownUntil: Nanoseconds = 0;

  constructor(options: ProbeFeedOptions) {
    this.#options = options;
    this.#clock = options.probes.clock;
    this.account = new LedgerAccount(options.probes.holdNs);
    this.end = new OrderlyEnd(this.account);
    const { decoder } = options.probes;
    const onBeat = (beat: Beat) => this.#onBeat(beat);
    this.#rows = new ProbeRows(decoder, this.account, onBeat, options.onDetail);
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** The process of bpftrace, null until the probes have been attached. */
  get probePid(): number | null {
    return this.#run?.pid ?? null;
  }

  /**
   * Attach the probes; from then on nothing is missing without a gap.
   *
   * @throws OperatorError 4 when the kernel refuses them; the feed has then ended
   */
  async attach(): Promise<void> {
    this.#attaching = this.#options.probes.attach(this.#abort.signal);
    try {
      this.#begin(await this.#attaching);
    } catch (error) {
      this.#settle(error instanceof OperatorError ? error : null);
      throw error;
    }
    void this.#keep().then(this.#settle);
  }

  /** Look whether it lives; all until `settledNs` has come, and nothing for `restedMs` before. */
  tick(settledNs: Nanoseconds, restedMs = 0): void {
    const beat = this.#newestBeat;
    if (beat !== null && beat.t <= settledNs) {
      this.#newestBeat = null;
      if (beat.isFresh) this.#tell(this.account.settle(this.#clock.now()));
    }
    if (this.#silence?.tick(performance.now(), restedMs) !== true) return;
    this.#silence = null;
    void this.#run?.stop(HUNG_LADDER_MS);
  }

  /** Stop the probes and take in what they still say. */
  async stop(): Promise<void> {
    if (this.#run !== null) this.#countSkipped();
    if (this.#silence !== null) await this.#letGo();
    if (this.#silence !== null) await this.end.reach(this.ended);
    this.#silence = null;
    this.#abort.abort();
    await this.#run?.stop();
    this.#skipped?.close();
    if (this.#attaching === null) this.#settle(null);
    await this.ended;
  }

  async #letGo(): Promise<void> {
    const { probes, holdNs } = this.#options;
    if (probes.detail !== null) this.end.noteLetGo(this.#clock.now());
    await letGo(probes.detail, holdNs?.() ?? probes.holdNs, this.ended);
  }

  #begin(run: BpftraceRun): void {
    const { probes } = this.#options;
    this.#run = run;
    this.#rows.beginRun();
    this.#skipped?.close();
    this.#skipped = new SkippedRuns(`/proc/${run.pid}/fdinfo`, probes.isEventProgram);
    this.#skippedNow = 0;
    const readyNs = bootNsOf(run.ready);
    const t = readyNs === null ? this.#clock.now() : this.#clock.toRecording(readyNs);
    this.#knownUntil = t;
    this.#skippedSince = t;
    const silence = new SilenceWatch(performance.now());
    this.#silence = silence;
    const out = gateBefore(probes.filter, this.#out);
    let refused = 0;
    run.onMessages((messages) => {
      silence.note(performance.now());
      for (const message of messages) this.#rows.take(message, out);
      const { unparsed, overlong } = run.stats;
      if (unparsed + overlong > refused) this.account.refuseLines(unparsed + overlong - refused);
      refused = unparsed + overlong;
    });
  }

  /** Follow one bpftrace after the other to its end; resolves with the end of tracing. */
  async #keep(): Promise<OperatorError | null> {
    for (;;) {
      const run = this.#run as BpftraceRun;
      const beganMs = performance.now();
      const end = await run.ended;
      const wasHung = this.#silence === null && !this.#abort.signal.aborted;
      this.#silence = null;
      const since = this.#knownUntil;
      this.#closeRun(end, wasHung);
      if (this.#abort.signal.aborted) {
        return end.error === undefined ? null : new OperatorError(1, end.error.message, end.error);
      }
      const why = wasHung ? hangReason(run.pid) : endReason(end);
      const { plan } = this.#options;
      if (plan === null) {
        // Somebody who ends bpftrace by SIGINT or SIGTERM ends the trace, in good order.
        return !wasHung && end.error === undefined ? null : new OperatorError(1, why, end.error);
      }
      plan.noteRun(performance.now() - beganMs);
      const error = await this.#again(plan, why, since);
      if (error !== undefined) return error;
    }
  }

  /** Account for a run that is over: what it told last, and what nobody can know any more. */
  #closeRun({ error, signal }: BpftraceEnd, wasHung: boolean): void {
    const t = this.#clock.now();
    const isRequested = this.#abort.signal.aborted;
    const isWhole = error === undefined && signal === null && this.#rows.areFinal;
    this.#newestBeat = null;
    this.#tell(this.#rows.countsAt(t));
    this.#tell(this.account.close(this.#rows.lastSeqs, t));
    this.#tell(this.account.leave(this.#rows.leftBehind, t));
    this.account.endRun(isWhole, t);
    if (!isWhole || !isRequested) this.#hole(wasHung || isRequested ? "hung" : "restart", t);
  }

  /** Attach the probes again; an error when that is given up, null when stop() came between. */
  async #again(
    plan: RestartPlan,
    why: string,
    since: Nanoseconds,
  ): Promise<OperatorError | null | undefined> {
    const { probes, onOutage } = this.#options;
    const { signal } = this.#abort;
    let refusal = why;
    onOutage(begunLine(why), "begun");
    for (let wait = plan.next(); wait !== null; wait = plan.next()) {
      if (wait > 0) onOutage(lastingLine(refusal, wait), "lasting");
      await sleep(wait, undefined, { signal }).catch(() => {});
      if (signal.aborted) break;
      const run = await probes.attach(signal).catch((error: unknown) => {
        refusal = error instanceof Error ? error.message : String(error);
        return null;
      });
      if (run !== null) {
        this.#takeUp(run);
        onOutage(overLine(why, this.#knownUntil - since), "over");
        return undefined;
      }
      if (signal.aborted) break;
    }
    this.#hole("restart", this.#clock.now());
    if (signal.aborted) return null;
    return new OperatorError(1, givenUpLine(why, plan.tries - 1, refusal));
  }

  #takeUp(run: BpftraceRun): void {
    const from = this.#knownUntil;
    this.#begin(run);
    const t = Math.max(from, this.#knownUntil);
    this.#out({ type: "gap", t, from, cause: "restart", count: null });
  }

  /** Nothing can be known from where the last heartbeat stood until `t`. */
  #hole(cause: GapCause, t: Nanoseconds): void {
    const from = Math.max(0, Math.min(this.#knownUntil, t) - this.#options.probes.holdNs);
    this.#knownUntil = t;
    this.#out({ type: "gap", t, from, cause, count: null });
  }

  readonly #out = (event: TraceEvent): void => {
    const kept = this.end.kept(event);
    if (kept !== null) this.#options.out(kept);
  };

  #tell(events: readonly TraceEvent[]): void {
    for (const event of events) this.#out(event);
  }

  #onBeat(beat: Beat): void {
    const { account } = this;
    this.#clock.observe(beat.bootNs);
    const t = this.#clock.toRecording(beat.bootNs);
    const isFresh = this.#clock.now() - t < FRESH_NS;
    account.beat(beat);
    this.end.beat(t);
    this.#newestBeat = { t, isFresh };
    this.#knownUntil = t;
    this.#out({ type: "heartbeat", t, wall: this.#clock.wallAt(t), ...account.figures });
    this.#countSkipped();
  }

  /** The figure is the kernel's of this moment, however late the heartbeat came that asks for it. */
  #countSkipped(): void {
    const from = this.#skippedSince;
    this.#skippedSince = this.#clock.now();
    const total = this.#skipped?.read() ?? null;
    if (total === null || total <= this.#skippedNow) return;
    const count = total - this.#skippedNow;
    this.#skippedNow = total;
    this.account.skipped += count;
    this.#out({ type: "gap", t: this.#clock.now(), from, cause: "skipped", count });
  }
}
