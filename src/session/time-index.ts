/** Jumps to any moment of a recording, by an index that is made when it is missing. */

import { closeSync, openSync, readSync, statSync } from "node:fs";
import { setImmediate as breathe } from "node:timers/promises";
import type { Trace } from "../core/fold.ts";
import type { Resume } from "../core/resume.ts";
import type { TraceOptions } from "../core/trace.ts";
import type { RecordingHeader } from "../event/recording.ts";
import { decodeRecord, encodeFrame } from "../event/recording-codec.ts";
import type { Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import { withChecksum } from "../store/checksum.ts";
import { IndexReader, indexKeyOf, type LineRef, readAt, saveIndex } from "../store/index-file.ts";
import { MAX_LINE_BYTES } from "../store/line-chunks.ts";
import { readRecording } from "../store/recording-reader.ts";
import { RecordingScanner } from "../store/recording-scanner.ts";
import { labelOf } from "../store/recording-source.ts";
import { type IndexCommon, type IndexOptions, type IndexState, makeIndex } from "./make-index.ts";
import { traceFor } from "./read-trace.ts";

/** A trace at a moment, and the way on from there. */
export interface Jump {
  readonly trace: Trace;
  /** Events that were folded for it: the price of the jump. */
  readonly folded: number;
  /** The events after that moment, in batches, in order; step them to play on. */
  readonly rest: () => AsyncGenerator<readonly TraceEvent[], void>;
}

/** Of the charts before a moment. */
const CHART_SECONDS = 600;
const CHUNK_BYTES = 131_072;
/** One line is nearly always shorter. */
const LINE_GUESS = 1024;

/** Who wants to know. */
export interface Unsaved {
  /** Told in a line why the index could not be kept beside the recording. */
  readonly onUnsaved?: (why: string) => void;
}

/**
 * A recording that can be entered anywhere.
 *
 * Each point of the index names the lines that the state there depends on, so that a trace made of
 * them stands where the one that read everything stood: living endpoints with their whole stories
 * and ids, open findings, the newest teardowns and charts. Not there: the totals of the summary.
 */
export class TimeIndex {
  readonly header: RecordingHeader;
  /** The newest moment of the recording. */
  readonly lastNs: Nanoseconds;
  readonly events: number;
  readonly #path: string;
  readonly #fd: number;
  readonly #index: IndexReader;
  readonly #series: Resume["series"];

  private constructor(path: string, fd: number, header: RecordingHeader, index: IndexReader) {
    const { lastNs, events, series } = index.common as IndexCommon;
    this.#path = path;
    this.#fd = fd;
    this.#index = index;
    this.header = header;
    this.lastNs = lastNs;
    this.events = events;
    this.#series = series;
  }

  /**
   * Open a recording's index, and make it where it is missing or of another file.
   *
   * @returns null for what cannot be entered in the middle: stdin, a pipe, gzip
   * @throws RecordingError as reading does
   */
  static async open(
    path: string,
    version: string,
    options: IndexOptions & Unsaved = {},
  ): Promise<TimeIndex | null> {
    if (path === "-" || !statSync(path, { throwIfNoEntry: false })?.isFile()) return null;
    const recording = await readRecording(path);
    await recording.close();
    const fd = openSync(path, "r");
    const head = readAt(fd, 0, 1);
    if (head[0] === 0x1f) {
      closeSync(fd);
      return null;
    }
    const key = indexKeyOf(path, version);
    const known = IndexReader.open(path, key);
    if (known !== null) return new TimeIndex(path, fd, recording.header, known);
    const bytes = await makeIndex(path, version, options);
    try {
      saveIndex(path, bytes);
    } catch (error) {
      options.onUnsaved?.(error instanceof Error ? error.message : String(error));
    }
    return new TimeIndex(path, fd, recording.header, IndexReader.inMemory(bytes));
  }

  /**
   * A trace at the moment `t`: every event that stands before the first later one.
   *
   * Takes tens of milliseconds, whatever the length of the recording, and more where many
   * endpoints are alive.
   */
  jump(t: Nanoseconds, options: Omit<TraceOptions, "sysctls" | "seesMiniEnd"> = {}): Jump {
    const point = this.#index.pointAt(t);
    const scanner = new RecordingScanner(labelOf(this.#path), 0, point?.at);
    let trace: Trace;
    let folded = 0;
    if (point === null) {
      trace = traceFor(this.header, options);
    } else {
      const series = this.#series.filter(({ at }) => at + 1e9 <= point.at).slice(-CHART_SECONDS);
      const resume = { ...(point.state as IndexState), at: point.at, series };
      trace = traceFor(this.header, { ...options, resume });
      for (const event of this.#carried(point.refs)) {
        trace.step(event);
        folded++;
      }
      trace.wake();
      scanner.push(withChecksum(`${encodeFrame(this.header)}\n`));
    }
    let position = point?.offset ?? 0;
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let left: readonly TraceEvent[] = [];
    while (left.length === 0) {
      const count = readSync(this.#fd, chunk, 0, CHUNK_BYTES, position);
      position += count;
      const events = count === 0 ? scanner.finish(false) : scanner.push(chunk.subarray(0, count));
      const later = events.findIndex((event) => event.t > t);
      left = later < 0 ? [] : events.slice(later);
      for (const event of later < 0 ? events : events.slice(0, later)) {
        trace.step(event);
        folded++;
      }
      if (count === 0) break;
    }
    trace.advance(t);
    return { trace, folded, rest: () => this.#rest(left, scanner, position) };
  }

  /** Give the file back; a `rest` that is being read ends. */
  close(): void {
    closeSync(this.#fd);
  }

  *#carried(refs: readonly LineRef[]): Generator<TraceEvent, void> {
    let held: Buffer = Buffer.alloc(0);
    let heldAt = 0;
    for (const ref of refs) {
      if ("event" in ref) {
        yield ref.event;
        continue;
      }
      let from = ref.start - heldAt;
      let end = from >= 0 ? held.indexOf(0x0a, from) : -1;
      for (let room = 8 * LINE_GUESS; end < 0 && room <= 2 * MAX_LINE_BYTES; room *= 16) {
        held = Buffer.allocUnsafe(room);
        held = held.subarray(0, readSync(this.#fd, held, 0, room, ref.start));
        heldAt = ref.start;
        from = 0;
        end = held.indexOf(0x0a);
      }
      const record = decodeRecord(JSON.parse(held.toString("utf8", from, end)));
      if (record.kind === "event") yield record.event;
    }
  }

  async *#rest(
    left: readonly TraceEvent[],
    scanner: RecordingScanner,
    from: number,
  ): AsyncGenerator<readonly TraceEvent[], void> {
    if (left.length > 0) yield left;
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let position = from; ; ) {
      const count = readSync(this.#fd, chunk, 0, CHUNK_BYTES, position);
      position += count;
      const events = count === 0 ? scanner.finish(false) : scanner.push(chunk.subarray(0, count));
      if (events.length > 0) yield events;
      if (count === 0) return;
      await breathe();
    }
  }
}
