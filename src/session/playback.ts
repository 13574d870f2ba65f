/** Plays a recording into a trace at a pace: replay is the live screen over another source. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Trace } from "../core/fold.ts";
import { beginningOf, type RecordingHeader } from "../event/recording.ts";
import type { TraceEvent } from "../event/trace-event.ts";
import type { RecordingPath } from "../store/recording-files.ts";
import type { Recording } from "../store/recording-reader.ts";
import type { ReadEnd } from "../store/recording-scanner.ts";
import { openRecording, traceFor } from "./read-trace.ts";

const TICK_MS = 50;
/** Events are folded in runs of this many, then the loop serves the screen. */
const RUN = 20_000;

/** A recording being played. */
export class Playback {
  readonly header: RecordingHeader;
  readonly trace: Trace;
  /** Settles when the last event has been folded, or after `stop()`. */
  readonly ended: Promise<void>;
  readonly #recording: Recording;
  readonly #speed: number;
  #isPaused = false;
  #isStopped = false;
  #played = 0;
  #firstNs: number | null = null;

  private constructor(recording: Recording, trace: Trace, speed: number) {
    this.#recording = recording;
    this.header = recording.header;
    this.trace = trace;
    this.#speed = speed;
    this.ended = this.#play();
  }

  /**
   * Begin playing.
   *
   * @param speed times real time; Infinity folds as fast as it can
   * @throws OperatorError 3
   */
  static async start(path: RecordingPath, speed: number): Promise<Playback> {
    const recording = await openRecording(path);
    return new Playback(recording, traceFor(recording.header, {}), speed);
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  set isPaused(value: boolean) {
    this.#isPaused = value;
  }

  /**
   * Where it begins: the moment of the first event (the probes took until then to attach), or of a
   * slice where that begins. 0 before the first event has come.
   */
  get firstNs(): number {
    return this.#firstNs ?? 0;
  }

  /** Events folded so far. */
  get played(): number {
    return this.#played;
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** The account of the reading, complete once `ended` has settled. */
  end(): ReadEnd {
    return this.#recording.end();
  }

  async #play(): Promise<void> {
    let position = 0;
    let run = 0;
    for await (const batch of this.#recording.events) {
      for (const event of batch) {
        if (this.#firstNs === null) {
          // What a slice tells of the time before it is known at once, not watched.
          this.#firstNs = Math.max(event.t, beginningOf(this.header));
          position = this.#firstNs;
        }
        if (Number.isFinite(this.#speed)) position = await this.#wait(event, position);
        if (this.#isStopped) return;
        this.trace.step(event);
        this.#played++;
        if (++run < RUN) continue;
        run = 0;
        await this.#breathe();
      }
    }
    this.trace.advance(this.#recording.end().lastNs);
    this.trace.finish();
  }

  /** Let recorded time pass until the event is due; returns the new position. */
  async #wait(event: TraceEvent, from: number): Promise<number> {
    let position = from;
    while (event.t > position && !this.#isStopped) {
      await sleep(TICK_MS);
      if (this.#isPaused) continue;
      position += TICK_MS * 1e6 * this.#speed;
      this.trace.advance(Math.min(position, event.t));
    }
    return position;
  }

  async #breathe(): Promise<void> {
    do await sleep(this.#isPaused ? TICK_MS : 0);
    while (this.#isPaused && !this.#isStopped);
  }
}
