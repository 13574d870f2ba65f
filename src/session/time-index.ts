/** Jumps to any moment of a recording, by an index that is made when it is missing. */

import { closeSync, openSync, readSync, statSync } from "node:fs";
import { setImmediate as breathe } from "node:timers/promises";
import type { Trace } from "../core/fold.ts";
import type { Rest } from "../core/rest.ts";
import { decodeRests, type RestBlock, type RestRedactor } from "../core/rest-codec.ts";
import type { TraceOptions } from "../core/trace.ts";
import type { RecordingHeader } from "../event/recording.ts";
import { encodeFrame } from "../event/recording-codec.ts";
import type { Redactor } from "../event/redact.ts";
import type { Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import { withChecksum } from "../store/checksum.ts";
import { type IndexPoint, IndexReader, indexKeyOf, readAt } from "../store/index-file.ts";
import { type IndexPlace, takeIndexPlace } from "../store/index-place.ts";
import { eventsAt } from "../store/named-lines.ts";
import { readRecording } from "../store/recording-reader.ts";
import { RecordingScanner } from "../store/recording-scanner.ts";
import { isGzip, labelOf } from "../store/recording-source.ts";
import { type IndexCommon, type IndexOptions, type IndexState, makeIndex } from "./make-index.ts";
import { traceFor } from "./read-trace.ts";

/** A trace at a moment, and the way on from there. */
export interface Jump {
  readonly trace: Trace;
  /** Events that were folded for it: the price of the jump. */
  readonly folded: number;
  /** Events of the recording that stand before the moment. */
  readonly at: number;
  /** The events after that moment, in batches, in order; step them to play on. */
  readonly rest: () => AsyncGenerator<readonly TraceEvent[], void>;
}

/** How a trace of a jump is made. */
export type JumpOptions = Omit<TraceOptions, "sysctls" | "seesMiniEnd" | "resume">;

type Redacting = Pick<Redactor, "event" | "comm" | "address">;

/** Of the charts before a moment. */
const CHART_SECONDS = 600;
const CHUNK_BYTES = 131_072;

/** Who wants to know. */
export interface Unsaved {
  /** Told in a line why no index can be kept beside the recording: then none is made. */
  readonly onUnsaved?: (why: string) => void;
}

/**
 * A recording that can be entered anywhere.
 *
 * Each point of the index names the lines that the state there depends on, and rows of those who
 * only wait, so that a trace made of them stands where the one that read everything stood: living
 * endpoints with their whole stories and ids, open findings, the newest teardowns and charts. Not
 * there: the totals of the summary.
 */
export class TimeIndex {
  readonly header: RecordingHeader;
  /** What is known of the whole: its newest moment, how many events it has, how it ended. */
  readonly whole: Pick<IndexCommon, "lastNs" | "events" | "closedCleanly" | "ledger">;
  readonly #path: string;
  readonly #fd: number;
  readonly #index: IndexReader;
  readonly #common: IndexCommon;

  private constructor(path: string, fd: number, header: RecordingHeader, index: IndexReader) {
    this.#path = path;
    this.#fd = fd;
    this.#index = index;
    this.#common = index.common as IndexCommon;
    this.header = header;
    this.whole = this.#common;
  }

  /**
   * Open a recording's index, and make it where it is missing or of another file.
   *
   * @returns null for what cannot be entered in the middle: stdin, a pipe, gzip, events that are
   * not in order; and where an index that is missing cannot be kept
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
    try {
      const isPacked = isGzip(readAt(fd, 0, 2));
      const index = isPacked ? null : await indexOf(path, version, options);
      if (index !== null && (index.common as IndexCommon).isUsable) {
        return new TimeIndex(path, fd, recording.header, index);
      }
      index?.close();
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    closeSync(fd);
    return null;
  }

  /**
   * A trace at the moment `t`: every event that stands before the first later one.
   *
   * Takes tens of milliseconds, whatever the length of the recording, and more where many
   * endpoints are alive.
   */
  jump(t: Nanoseconds, options: JumpOptions = {}): Jump {
    const jump = this.#fold(t, options);
    jump.trace.advance(t);
    return jump;
  }

  /**
   * A trace at the moment `t` as reading everything makes it, which knows more than anybody knew
   * then: events of before that came late stand behind later ones.
   *
   * @param redactor takes names and addresses out of the endpoints; findings of before bear theirs
   */
  lookAt(t: Nanoseconds, options: JumpOptions = {}, redactor?: Redacting): Trace {
    const { trace, at } = this.#fold(t, options, redactor);
    for (const event of this.strays(at, t)) {
      if (event.t <= t) trace.step(redactor?.event(event) ?? event);
    }
    trace.advance(t);
    return trace;
  }

  /** Of the events from number `at` on those that speak of the time up to `t` all the same. */
  strays(at: number, t: Nanoseconds): Generator<TraceEvent, void> {
    const strays = this.#common.strays.filter(({ no, from }) => no >= at && from <= t);
    return eventsAt(
      this.#fd,
      strays.map(({ ref }) => ref),
    );
  }

  #fold(t: Nanoseconds, options: JumpOptions, redactor?: Redacting): Jump {
    const point = this.#index.pointAt(t);
    const scanner = new RecordingScanner(labelOf(this.#path), 0, point?.at);
    let trace: Trace;
    let folded = 0;
    if (point === null) {
      trace = traceFor(this.header, options);
    } else {
      const { series: all } = this.#common;
      const series = all.filter(({ at }) => at + 1e9 <= point.at).slice(-CHART_SECONDS);
      const resume = { ...(point.state as IndexState), at: point.at, series };
      trace = traceFor(this.header, { ...options, resume });
      for (const event of eventsAt(this.#fd, point.refs)) {
        trace.step(redactor?.event(event) ?? event);
        folded++;
      }
      trace.wake(this.#rests(point, redactor));
      scanner.push(withChecksum(`${encodeFrame(this.header)}\n`));
    }
    let position = point?.offset ?? 0;
    let at = point?.events ?? 0;
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let left: readonly TraceEvent[] = [];
    while (left.length === 0) {
      const count = readSync(this.#fd, chunk, 0, CHUNK_BYTES, position);
      position += count;
      const events = count === 0 ? scanner.finish(false) : scanner.push(chunk.subarray(0, count));
      const later = events.findIndex((event) => event.t > t);
      left = later < 0 ? [] : events.slice(later);
      for (const event of later < 0 ? events : events.slice(0, later)) {
        trace.step(redactor?.event(event) ?? event);
        folded++;
        at++;
      }
      if (count === 0) break;
    }
    return { trace, folded, at, rest: () => this.#rest(left, scanner, position) };
  }

  #rests({ picks }: IndexPoint, redactor?: RestRedactor): Rest[] {
    const rests: Rest[] = [];
    for (const { block, places } of picks) {
      const told = this.#index.blockAt(block) as RestBlock;
      let next = 0;
      // Asked of each place in its order, in which the picked ones stand as well.
      const isWanted = (place: number) => places[next] === place && ++next > 0;
      for (const rest of decodeRests(told, isWanted, redactor)) rests.push(rest);
    }
    return rests;
  }

  /** Give the files back; a `rest` that is being read ends. */
  close(): void {
    closeSync(this.#fd);
    this.#index.close();
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

/** The index that is there, or a new one where it can be kept. */
async function indexOf(
  path: string,
  version: string,
  options: IndexOptions & Unsaved,
): Promise<IndexReader | null> {
  const key = indexKeyOf(path, version);
  const known = IndexReader.open(path, key);
  if (known !== null || options.mayMake === false) return known;
  let place: IndexPlace;
  try {
    place = takeIndexPlace(path);
  } catch (error) {
    options.onUnsaved?.(error instanceof Error ? error.message : String(error));
    return null;
  }
  const bytes = await makeIndex(path, key, options).catch((error: unknown) => {
    place.giveUp();
    throw error;
  });
  place.save(bytes);
  return IndexReader.inMemory(bytes);
}
