/** Bytes of a recording to its header, its events in order, and the account of what was damaged. */

import { OrderWindow } from "../event/order.ts";
import type { RecordingFooter, RecordingHeader } from "../event/recording.ts";
import { type DecodedRecord, decodeRecord } from "../event/recording-codec.ts";
import type { Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import { partsOf, RunningChecksum } from "./checksum.ts";
import { headerOf } from "./header-line.ts";
import { LineChunks } from "./line-chunks.ts";
import { BROKEN, NdjsonLines } from "./ndjson-lines.ts";
import { notARecording } from "./recording-error.ts";

/** The account of one reading. */
export interface ReadEnd {
  readonly footer: RecordingFooter | null;
  /** The footer was the last line and no reading error cut the input short. */
  readonly closedCleanly: boolean;
  /** Event types that this program does not know, with how many lines each had. */
  readonly unknownTypes: ReadonlyMap<string, number>;
  /** Lines that are no JSON, or no record. */
  readonly malformed: number;
  /** Lines over 64 KiB, skipped. */
  readonly overlong: number;
  /** Checksums that are not those of the lines before them. */
  readonly unproven: number;
  /** The input ends within a line: the writer was killed or the file was cut. */
  readonly tornTail: boolean;
  /** All lines but blank ones and checksums, header and footer included, the torn one not. */
  readonly lines: number;
  /** The newest `t`, the footer's included; 0 when there is no event. */
  readonly lastNs: Nanoseconds;
}

const LF = Buffer.from("\n");
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const MAX_UNKNOWN_TYPES = 256;
const OTHER_TYPES = "(others)";

/**
 * The reading of one recording, fed with chunks that may be cut anywhere.
 *
 * Damaged lines become one `gap` event in front of the next good one, reaching back to the newest
 * good one before: what they said happened in between. A line that is whole but for its LF counts
 * as whole, since a cut line cannot have its last brace.
 */
export class RecordingScanner {
  readonly #label: string;
  readonly #chunks = new LineChunks();
  readonly #json = new NdjsonLines();
  readonly #window: OrderWindow<TraceEvent>;
  readonly #unknownTypes = new Map<string, number>();
  readonly #sink;
  readonly #out;
  #events: TraceEvent[] = [];
  #header: RecordingHeader | null = null;
  #footer: RecordingFooter | null = null;
  #footerLine = 0;
  #lines = 0;
  #malformed = 0;
  #overlong = 0;
  #unproven = 0;
  readonly #checksum = new RunningChecksum();
  #provenNs = 0;
  /** Broken lines since the last checksum: they are told of already. */
  #brokenSince = 0;
  #isTorn = false;
  #isFirstChunk = true;
  #newestNs = 0;
  #damaged = 0;

  /**
   * @param label What messages call the recording: its path, or `stdin`.
   * @param windowNs How long events are held to be put in order; a live run's need not be.
   * @param newestNs The newest event before, where the reading begins in the middle.
   */
  constructor(label: string, windowNs?: number, newestNs = 0) {
    this.#label = label;
    this.#window = new OrderWindow(windowNs);
    this.#newestNs = newestNs;
    this.#provenNs = newestNs;
    this.#out = (event: TraceEvent): void => {
      this.#events.push(event);
    };
    this.#sink = {
      lines: (bytes: Buffer): void => this.#takeLines(bytes),
      overlong: (): void => {
        if (this.#header === null) throw notARecording(this.#label, "line 1 is over 64 KiB");
        this.#lines++;
        this.#overlong++;
        this.#damaged++;
        this.#brokenSince++;
      },
    };
  }

  /** Line 1, once it has been read. */
  get header(): RecordingHeader | null {
    return this.#header;
  }

  /**
   * Take one chunk in and hand out the events that are due.
   *
   * @throws RecordingError when line 1 is no header that this program can use.
   */
  push(chunk: Buffer): readonly TraceEvent[] {
    const isMarked = this.#isFirstChunk && chunk.subarray(0, 3).equals(BYTE_ORDER_MARK);
    this.#isFirstChunk &&= chunk.length === 0;
    this.#chunks.push(isMarked ? chunk.subarray(3) : chunk, this.#sink);
    return this.#handOut();
  }

  /**
   * Say that the input is over, and take the last events.
   *
   * @param isCut The input could not be read to its end, such as a damaged gzip file.
   * @throws RecordingError when there was no header.
   */
  finish(isCut: boolean): readonly TraceEvent[] {
    const rest = this.#chunks.end();
    this.#isTorn = isCut;
    if (rest.length > 0) this.#takeTail(rest);
    if (this.#header === null) throw notARecording(this.#label, "it has no line");
    if (isCut) this.#damaged++;
    this.#markDamage(Math.max(this.#newestNs, this.#footer?.t ?? 0));
    this.#window.flush(this.#out);
    return this.#handOut();
  }

  /** Damage that the next good line will tell of as a gap: nobody may begin to read between. */
  get owesGap(): boolean {
    return this.#damaged > 0;
  }

  /** The account so far. */
  end(): ReadEnd {
    return {
      footer: this.#footer,
      closedCleanly: this.#footer !== null && this.#footerLine === this.#lines && !this.#isTorn,
      unknownTypes: this.#unknownTypes,
      malformed: this.#malformed,
      overlong: this.#overlong,
      unproven: this.#unproven,
      tornTail: this.#isTorn,
      lines: this.#lines,
      lastNs: Math.max(this.#newestNs, this.#footer?.t ?? 0),
    };
  }

  #handOut(): readonly TraceEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #takeLines(bytes: Buffer): void {
    for (const { lines, isVouched } of partsOf(bytes)) {
      const before = this.#lines;
      for (const value of this.#json.parse(lines)) this.#take(value);
      if (isVouched) this.#checksum.add(lines, this.#lines - before);
    }
  }

  #takeTail(rest: Buffer): void {
    const [value = BROKEN] = this.#json.parse(Buffer.concat([rest, LF]));
    if (value !== BROKEN) this.#take(value);
    else if (this.#header === null) throw notARecording(this.#label, "line 1 is no JSON");
    else this.#isTorn = rest.some((byte) => byte > 0x20);
  }

  #take(value: unknown): void {
    this.#lines++;
    if (this.#header === null) {
      this.#header = headerOf(value, this.#label);
      return;
    }
    if (value === BROKEN) {
      this.#countDamage();
      return;
    }
    const record = decodeRecord(value);
    if (record.kind === "event") this.#takeEvent(record.event);
    else this.#takeOther(record);
  }

  #takeEvent(event: TraceEvent): void {
    if (this.#damaged > 0) this.#markDamage(event.t);
    if (event.t > this.#newestNs) this.#newestNs = event.t;
    this.#window.push(event, this.#out);
  }

  #takeOther(record: DecodedRecord): void {
    if (record.kind === "footer") {
      this.#footer = record.footer;
      this.#footerLine = this.#lines;
    } else if (record.kind === "unknown") {
      const isNew = !this.#unknownTypes.has(record.type);
      const type =
        isNew && this.#unknownTypes.size >= MAX_UNKNOWN_TYPES ? OTHER_TYPES : record.type;
      this.#unknownTypes.set(type, (this.#unknownTypes.get(type) ?? 0) + 1);
    } else if (record.kind === "checksum") {
      this.#verify(record.lines, record.crc32);
    } else {
      this.#countDamage();
    }
  }

  #countDamage(): void {
    this.#malformed++;
    this.#damaged++;
    this.#brokenSince++;
  }

  /** What does not fit its checksum has been handed out: that it is in doubt is all one can say. */
  #verify(lines: number, crc: string): void {
    this.#lines--;
    const isRight = this.#checksum.verify(lines, crc);
    const isTold = this.#brokenSince > 0;
    this.#brokenSince = 0;
    const [from, t] = [this.#provenNs, this.#newestNs];
    this.#provenNs = t;
    if (!isRight) this.#unproven++;
    if (isRight || isTold) return;
    this.#window.push({ type: "gap", t, from, cause: "damaged", count: null }, this.#out);
  }

  #markDamage(untilNs: Nanoseconds): void {
    if (this.#damaged === 0) return;
    const from = this.#newestNs;
    const t = Math.max(from, untilNs);
    const count = this.#damaged;
    this.#damaged = 0;
    this.#newestNs = t;
    this.#window.push({ type: "gap", t, from, cause: "damaged", count }, this.#out);
  }
}
