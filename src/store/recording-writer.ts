/** Writes a recording while tracing goes on: whole lines in batches, and never an exception. */

import type { RecordingFooter } from "../event/recording.ts";
import { encodeEvent, encodeFrame } from "../event/recording-codec.ts";
import type { Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import type { AppendTarget } from "./append-target.ts";
import { Cadence } from "./cadence.ts";
import { withChecksum } from "./checksum.ts";
import { lineOf } from "./event-line.ts";
import { type LineBatch, LineQueue } from "./line-queue.ts";
import { addLoss, diskGap, type Loss, NO_LOSS } from "./loss.ts";
import { MediumSync } from "./medium-sync.ts";
import { type Packing, PLAIN } from "./packing.ts";
import { codeOf } from "./recording-error.ts";
import { appendTrouble, type WholeAppender } from "./whole-appender.ts";
import type { WriterEnd, WriterOptions } from "./writer-options.ts";

const BATCH_BYTES = 262_144;

/** What may wait for a slow disk; over that events are left out, and counted. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/**
 * An open recording.
 *
 * Events are queued and handed to the disk in one write per 256 KiB or 200 ms, and at once those
 * that come long after the last. When the disk is full or fails, tracing goes on: events are left
 * out and counted, the disk is tried each second, and the first line then is a `gap` that tells it.
 */
export class RecordingWriter {
  readonly #target: AppendTarget;
  readonly #appender: WholeAppender;
  readonly #options: WriterOptions;
  readonly #packing: Packing;
  readonly #sync: MediumSync;
  readonly #queue = new LineQueue();
  readonly #batches: Cadence;
  #retryTimer: NodeJS.Timeout | null = null;
  #draining: Promise<void> | null = null;
  #closing: Promise<WriterEnd> | null = null;
  #inFlight: Buffer | null = null;
  /** Left out, and not yet told of in a gap line. */
  #untold: Loss = NO_LOSS;
  #isAccepting = true;
  #isDown = false;
  #isDue = false;
  #isClosed = false;
  #newestNs: Nanoseconds = 0;
  #written = 0;
  #dropped = 0;

  /** Begin behind whatever the appender has written; `createRecording` puts the header there. */
  constructor(target: AppendTarget, appender: WholeAppender, options: WriterOptions) {
    this.#target = target;
    this.#appender = appender;
    this.#options = options;
    this.#packing = options.packing ?? PLAIN;
    this.#batches = new Cadence(options.batchMs ?? 200, () => {
      this.#isDue = true;
      void this.#pump();
    });
    this.#sync = new MediumSync(target, options.syncMs ?? 1000, (error, sinceNs) => {
      this.#doubt(error, sinceNs);
    });
  }

  /** How the recording stands. */
  get state(): WriterEnd {
    return {
      isComplete: false,
      written: this.#written,
      dropped: this.#dropped,
      bytes: this.#appender.position,
    };
  }

  /** Take one event. It returns at once and never throws; what cannot be written is counted. */
  write(event: TraceEvent): void {
    if (this.#isClosed || this.#closing !== null) return;
    if (event.t > this.#newestNs) this.#newestNs = event.t;
    if (!this.#isAccepting) {
      this.#leaveOut({ count: 1, fromNs: event.t, untilNs: event.t });
      return;
    }
    this.#queue.push(this.#lineOf(event), event.t);
    if (this.#queue.bytes > MAX_WAITING_BYTES) {
      this.#isAccepting = false;
      this.#tell("is written too slowly by its disk; events are left out meanwhile");
    }
    if (this.#queue.bytes >= BATCH_BYTES) void this.#pump();
    this.#batches.want();
  }

  /** Hand everything to the system: lines written before outlive this process, if not the power. */
  async flush(): Promise<void> {
    do {
      this.#isDue = true;
      await this.#pump();
    } while (this.#queue.size > 0);
  }

  /**
   * Write what is queued before the process dies of a bug: no footer, and no waiting.
   *
   * A write under way is repeated at its own place, which changes nothing.
   */
  flushNow(): void {
    const waiting = this.#queue.take().bytes;
    try {
      let at = this.#appender.position;
      if (this.#target.canSeek && this.#inFlight !== null) {
        const bytes = this.#packing.packNow(this.#inFlight);
        this.#target.writeNow(bytes, at);
        at += bytes.length;
      }
      if (waiting.length > 0) this.#target.writeNow(this.#packing.packNow(waiting), at);
    } catch {
      // The process is dying of something worse, which it is about to tell.
    }
  }

  /** Write the footer, bring all to the medium, and give the file back. Never rejects. */
  close(footer: RecordingFooter): Promise<WriterEnd> {
    this.#closing ??= this.#finish(footer);
    return this.#closing;
  }

  async #finish(footer: RecordingFooter): Promise<WriterEnd> {
    const synced = this.#sync.stop();
    this.#batches.stop();
    await this.flush();
    clearTimeout(this.#retryTimer ?? undefined);
    this.#retryTimer = null;
    if (this.#untold.count > 0) await this.flush();
    let isComplete = false;
    try {
      await synced;
      if (this.#untold.count === 0 && !this.#isClosed) {
        await this.#appender.append(
          await this.#packing.pack(Buffer.from(`${encodeFrame(footer)}\n`)),
        );
        await this.#target.sync();
        isComplete = true;
      }
    } catch (error) {
      this.#tell(`has no footer: ${appendTrouble(error)}`);
    }
    clearTimeout(this.#retryTimer ?? undefined);
    await this.#target.close().catch((error: unknown) => this.#tell(appendTrouble(error)));
    return { ...this.state, isComplete };
  }

  #lineOf(event: TraceEvent): string {
    const told = this.#options.redactor?.event(event) ?? event;
    const line = lineOf(told, (what) => this.#tell(what));
    if (line !== null) return line;
    this.#dropped++;
    return encodeEvent(diskGap({ count: 1, fromNs: event.t, untilNs: event.t }, this.#newestNs));
  }

  #pump(): Promise<void> {
    this.#draining ??= this.#drain().finally(() => {
      this.#draining = null;
    });
    return this.#draining;
  }

  async #drain(): Promise<void> {
    for (;;) {
      const isWorthIt = this.#isDue || !this.#isAccepting || this.#queue.bytes >= BATCH_BYTES;
      if (this.#queue.size > 0 && isWorthIt) {
        this.#isDue = false;
        if (!(await this.#appendBatch(this.#queue.take()))) return;
      } else if (!this.#isAccepting && this.#retryTimer === null && !this.#isClosed) {
        if (!(await this.#appendGap())) return;
      } else {
        return;
      }
    }
  }

  async #appendBatch(batch: LineBatch): Promise<boolean> {
    this.#inFlight = batch.bytes;
    try {
      await this.#appender.append(await this.#packing.pack(batch.bytes));
      this.#sync.wrote(batch.loss.untilNs);
      this.#written += batch.loss.count;
      return true;
    } catch (error) {
      this.#leaveOut(batch.loss);
      this.#stop(error);
      return false;
    } finally {
      this.#inFlight = null;
      this.#queue.giveBack(batch);
    }
  }

  async #appendGap(): Promise<boolean> {
    const loss = this.#untold;
    this.#untold = NO_LOSS;
    this.#isAccepting = true;
    if (loss.count === 0) return true;
    const line = `${encodeEvent(diskGap(loss, this.#newestNs))}\n`;
    try {
      await this.#appender.append(await this.#packing.pack(withChecksum(line)));
      this.#isDown = false;
      this.#tell(`is written again; ${loss.count} events are missing, and a gap says so`);
      return true;
    } catch (error) {
      this.#untold = addLoss(this.#untold, loss);
      this.#stop(error);
      return false;
    }
  }

  #stop(error: unknown): void {
    this.#isAccepting = false;
    this.#leaveOut(this.#queue.drop());
    if (codeOf(error) === "EPIPE") {
      this.#isClosed = true;
      this.#untold = NO_LOSS;
      this.#options.onClosed?.();
      return;
    }
    if (!this.#isDown) this.#tell(`is not written: ${appendTrouble(error)}; tracing goes on`);
    this.#isDown = true;
    this.#retryTimer ??= setTimeout(() => {
      this.#retryTimer = null;
      void this.#pump();
    }, this.#options.retryMs ?? 1000).unref();
  }

  #leaveOut(loss: Loss): void {
    if (loss.count === 0) return;
    this.#untold = addLoss(this.#untold, loss);
    this.#dropped += loss.count;
  }

  #doubt(error: unknown, sinceNs: Nanoseconds): void {
    this.#tell(`may have lost what was written last: ${appendTrouble(error)}`);
    if (!this.#isAccepting) return;
    const gap = { type: "gap", from: sinceNs, cause: "disk", count: null } as const;
    this.#queue.push(encodeEvent({ ...gap, t: this.#newestNs }), this.#newestNs);
  }

  #tell(what: string): void {
    this.#options.onProblem?.(`${this.#options.label} ${what}`);
  }
}
