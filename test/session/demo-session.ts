/** The bundled recording as a live session: its events come in batches, as from probes. */
import { fileURLToPath } from "node:url";
import type { Trace } from "../../src/core/fold.ts";
import type { RecordingHeader } from "../../src/event/recording.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import type { LiveSession } from "../../src/session/live-session.ts";
import { traceFor } from "../../src/session/read-trace.ts";
import { readRecording } from "../../src/store/recording-reader.ts";

export const DEMO = fileURLToPath(new URL("../recordings/demo.ndjson", import.meta.url));

/** What the recorders need of a session. */
export class DemoSession {
  readonly header: RecordingHeader;
  readonly trace: Trace;
  readonly events: readonly TraceEvent[];
  readonly #listeners: ((events: readonly TraceEvent[]) => void)[] = [];
  #step: (event: TraceEvent) => void;

  private constructor(header: RecordingHeader, events: readonly TraceEvent[]) {
    this.header = header;
    this.events = events;
    this.trace = traceFor(header, {});
    this.#step = (event) => this.trace.step(event);
  }

  static async open(): Promise<DemoSession> {
    const recording = await readRecording(DEMO);
    const events: TraceEvent[] = [];
    for await (const batch of recording.events) events.push(...batch);
    return new DemoSession(recording.header, events);
  }

  get ledger() {
    return this.trace.ledger();
  }

  now(): number {
    return this.trace.now;
  }

  stepWith(step: (event: TraceEvent) => void): void {
    this.#step = step;
  }

  onEvents(listener: (events: readonly TraceEvent[]) => void): void {
    this.#listeners.push(listener);
  }

  /** Deliver events from number `from` up to `until`, in batches. */
  async deliver(from: number, until: number, batch = 40): Promise<void> {
    for (let at = from; at < until; at += batch) {
      const events = this.events.slice(at, Math.min(until, at + batch));
      for (const event of events) this.#step(event);
      for (const listener of this.#listeners) listener(events);
      await new Promise(setImmediate);
    }
  }

  /** It has the fields that the recorders use, and no others. */
  asLive(): LiveSession {
    return this as unknown as LiveSession;
  }
}
