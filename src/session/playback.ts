/** Plays a recording at a pace: it is read into a store, and a cursor goes over that as over a live one. */

import { setImmediate as breathe } from "node:timers/promises";
import type { Trace } from "../core/fold.ts";
import { beginningOf, type RecordingHeader } from "../event/recording.ts";
import type { RecordingPath } from "../store/recording-files.ts";
import type { Recording } from "../store/recording-reader.ts";
import type { ReadEnd } from "../store/recording-scanner.ts";
import { EventRing } from "../store/ring.ts";
import { Forgotten } from "./forgotten.ts";
import { openRecording, readable, traceFor } from "./read-trace.ts";
import { TimeCursor } from "./time-cursor.ts";
import type { TimeIndex } from "./time-index.ts";

/** How much of a recording can be gone back to, packed: about 25 million events. */
export const REPLAY_BYTES = 1024 * 1024 * 1024;

/** How a recording is played. */
export interface PlaybackOptions {
  /** Times real time; Infinity folds as fast as it can. */
  readonly speed: number;
  /** What the store may take, packed; over it the beginning is forgotten. */
  readonly maxBytes?: number;
  /** The moment to begin at; what was before is known at once, not watched. */
  readonly fromNs?: number;
  /** Of the same recording: with it any moment can be shown while the store is filled. */
  readonly index?: TimeIndex | null;
}

/** A recording being played. */
export class Playback {
  readonly header: RecordingHeader;
  readonly store: EventRing;
  readonly newTrace: () => Trace;
  readonly forgotten: Forgotten;
  readonly cursor: TimeCursor;
  /** Settles when the last event has been shown, or after `stop()`. */
  readonly ended: Promise<void>;
  readonly #recording: Recording;
  readonly #fromNs: number;
  #isStopped = false;
  #firstNs: number | null = null;

  private constructor(recording: Recording, options: PlaybackOptions) {
    const { speed, maxBytes = REPLAY_BYTES, fromNs = 0, index = null } = options;
    this.#recording = recording;
    this.#fromNs = fromNs;
    const { header } = recording;
    this.header = header;
    this.newTrace = () => traceFor(header, {});
    this.forgotten = new Forgotten(this.newTrace);
    const limits = { maxBytes, maxEvents: Number.POSITIVE_INFINITY };
    this.store = new EventRing(limits, { onDrop: this.forgotten.take });
    this.cursor = new TimeCursor(this.store, {
      speed,
      newTrace: this.newTrace,
      ...(index && { ahead: { lastNs: index.whole.lastNs, enter: (t) => index.jump(t) } }),
    });
    const reading = this.#read();
    this.ended = Promise.race([reading.then(() => this.cursor.ended), rejection(reading)]);
  }

  /**
   * Begin playing.
   *
   * @throws OperatorError 3
   */
  static async start(path: RecordingPath, options: PlaybackOptions): Promise<Playback> {
    return new Playback(await openRecording(path), options);
  }

  /**
   * Where it begins: the moment of the first event (the probes took until then to attach), or of a
   * slice where that begins. 0 before the first event has come.
   */
  get firstNs(): number {
    return this.#firstNs ?? 0;
  }

  stop(): void {
    this.#isStopped = true;
    this.cursor.stop();
    this.forgotten.stop();
  }

  /** The account of the reading, complete once `ended` has settled. */
  end(): ReadEnd {
    return this.#recording.end();
  }

  async #read(): Promise<void> {
    try {
      for await (const batch of this.#recording.events) {
        if (this.#isStopped) return;
        const [first] = batch;
        if (this.#firstNs === null && first !== undefined) {
          // What a slice tells of the time before it is known at once, not watched.
          this.#firstNs = Math.max(first.t, beginningOf(this.header));
          this.cursor.play(Math.max(this.#firstNs, this.#fromNs));
        }
        this.cursor.take(batch);
        await breathe();
      }
    } catch (error) {
      throw readable(error);
    }
    this.cursor.finish(Math.max(this.#recording.end().lastNs, this.store.newestNs, 0));
    if (this.#firstNs === null) this.cursor.play(0);
  }
}

/** Rejects when the promise does, and never settles else. */
function rejection(promise: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => promise.catch(reject));
}
