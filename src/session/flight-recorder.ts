/** The flight recorder: keeps the last minutes in memory, and saves them around a finding. */

import { Carry } from "../core/carry.ts";
import type { FindingKind } from "../core/finding.ts";
import type { RecordingFooter } from "../event/recording.ts";
import type { Redactor } from "../event/redact.ts";
import { toIso } from "../event/time.ts";
import type { TraceEvent } from "../event/trace-event.ts";
import { createRecording } from "../store/create-recording.ts";
import { packPart } from "../store/pack-part.ts";
import { enforceLimits, type PartLimits } from "../store/part-limits.ts";
import { partFiles, partNames, partPath } from "../store/part-name.ts";
import type { RecordingWriter } from "../store/recording-writer.ts";
import { EventRing } from "../store/ring.ts";
import type { WriterEnd } from "../store/writer-options.ts";
import type { LiveSession } from "./live-session.ts";
import { traceFor } from "./read-trace.ts";
import type { LiveRecording } from "./record-to.ts";

/** What is saved, and when. */
export interface FlightOptions extends PartLimits {
  /** The kinds of findings that save; none for on demand only. */
  readonly kinds: readonly FindingKind[];
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly packs: boolean;
  /** Told of each file that is complete. */
  readonly onSaved: (path: string) => void;
  readonly onProblem: (line: string) => void;
  /** One for all files. */
  readonly redactor?: Redactor;
  /** Bytes of memory for the last minutes. */
  readonly ringBytes?: number;
}

/** What a recorder needs of a live trace. */
export type FlightSource = Pick<LiveSession, "header" | "trace" | "ledger">;

/** A saved part of the past that is being written. */
interface Save {
  readonly reason: string;
  readonly path: string;
  readonly writer: RecordingWriter;
  /** Number in the ring of the next event to write. */
  next: number;
  untilNs: number;
}

const RING_BYTES = 256 * 1024 * 1024;
const MOST_EVENTS = 4_000_000;
const RUN = 2000;
/** Fewer than a segment of the ring holds, which is read again for nothing. */
const LOOK_AT = 256;
const LOOK_NS = 1e9;
const MOST_KNOWN = 20_000;

/**
 * Keeps what happened lately, with the state that it began from.
 *
 * Events are kept as lines; what is older than `before` is folded into a second trace, so that at
 * any time the state at the beginning of what is kept is known, and a saved file replays alone.
 */
export class FlightRecorder implements LiveRecording {
  readonly closed = new Promise<"signal">(() => {});
  readonly #source: FlightSource;
  readonly #options: FlightOptions;
  readonly #path: string;
  readonly #ring: EventRing;
  readonly #ringBytes: number;
  readonly #past: Carry<TraceEvent>;
  readonly #known = new Set<string>();
  /** Number in the ring of the first event that the past does not hold yet. */
  #kept = 0;
  #beganNs = 0;
  #lookNs = 0;
  #save: Save | null = null;
  #isBeginning = false;
  #saved: Promise<void> = Promise.resolve();
  #total: WriterEnd = { isComplete: true, written: 0, dropped: 0, bytes: 0 };

  constructor(source: FlightSource, path: string, options: FlightOptions) {
    this.#source = source;
    this.#options = options;
    this.#path = path;
    this.#ringBytes = options.ringBytes ?? RING_BYTES;
    this.#ring = new EventRing({ maxBytes: this.#ringBytes, maxEvents: MOST_EVENTS });
    this.#past = new Carry(traceFor(source.header, {}));
  }

  /** Take a batch of events that the source has folded. */
  take(events: readonly TraceEvent[]): void {
    for (const event of events) this.#ring.push(event);
    if (this.#save === null) this.#forget();
    else this.#write(this.#save);
    if (this.#ring.newestNs >= this.#lookNs) this.#look();
  }

  /** Save from `before` until `after` now, or go on with a save under way; returns its path. */
  async save(reason = "saved"): Promise<string | null> {
    const untilNs = this.#ring.newestNs + this.#options.afterMs * 1e6;
    if (this.#save !== null) {
      this.#save.untilNs = untilNs;
      return this.#save.path;
    }
    if (this.#isBeginning) return null;
    this.#isBeginning = true;
    try {
      const save = await this.#begin(reason, untilNs);
      this.#save = save;
      return save.path;
    } catch (error) {
      this.#options.onProblem(error instanceof Error ? error.message : String(error));
      return null;
    } finally {
      this.#isBeginning = false;
    }
  }

  /** End a save under way. */
  async close(footer: RecordingFooter): Promise<WriterEnd> {
    if (this.#save !== null) {
      this.#save.untilNs = Number.POSITIVE_INFINITY;
      while (this.#save.next < this.#ring.end) this.#write(this.#save);
      this.#end(this.#save, footer);
    }
    await this.#saved;
    return this.#total;
  }

  async #begin(reason: string, untilNs: number): Promise<Save> {
    const { header } = this.#source;
    const names = partNames(this.#path);
    const number = (partFiles(names).at(-1)?.number ?? 0) + 1;
    const path = partPath(names, number, toIso(header.startedAt, this.#ring.newestNs, 0), reason);
    const carried = this.#past.carried().refs;
    const next = this.#kept;
    const part = { number, from: this.#beganNs, carried: carried.length };
    const { onProblem, redactor } = this.#options;
    const writer = await createRecording(
      path,
      { ...header, part },
      { onProblem, ...(redactor && { redactor }) },
    );
    for (const event of carried) writer.write(event);
    return { reason, path, writer, next, untilNs };
  }

  /** Write on, never more than the loop can spare: the next batch brings the next run. */
  #write(save: Save): void {
    if (save.next < this.#ring.oldest) {
      const count = this.#ring.oldest - save.next;
      const t = this.#ring.oldestNs ?? this.#ring.newestNs;
      save.writer.write({ type: "gap", t, from: this.#beganNs, cause: "disk", count });
      save.next = this.#ring.oldest;
    }
    for (const event of this.#ring.read(save.next, RUN)) {
      if (event.t > save.untilNs) {
        this.#end(save, {
          type: "footer",
          t: Math.round(save.untilNs),
          ledger: this.#source.ledger,
        });
        return;
      }
      save.writer.write(event);
      save.next++;
    }
  }

  #end(save: Save, footer: RecordingFooter): void {
    this.#save = null;
    const before = this.#saved;
    this.#saved = (async () => {
      await before;
      const end = await save.writer.close(footer);
      const { isComplete, written, dropped, bytes } = this.#total;
      this.#total = {
        isComplete: isComplete && end.isComplete,
        written: written + end.written,
        dropped: dropped + end.dropped,
        bytes: bytes + end.bytes,
      };
      this.#options.onSaved(await this.#pack(save.path));
      enforceLimits(partNames(this.#path), this.#options, Date.now());
    })();
  }

  async #pack(path: string): Promise<string> {
    if (!this.#options.packs) return path;
    return packPart(path).catch((error: unknown) => {
      this.#options.onProblem(`${path} is not packed: ${error}; it stays as it is`);
      return path;
    });
  }

  /** Fold what is too old to be saved, and what there is no room for, into the past. */
  #forget(): void {
    if (this.#isBeginning) return;
    const limit = this.#ring.newestNs - this.#options.beforeMs * 1e6;
    for (;;) {
      const isFull = this.#ring.bytes > 0.8 * this.#ringBytes;
      const events = this.#ring.read(this.#kept, LOOK_AT);
      const isOver = events.length === 0 || (!isFull && (events[0]?.t ?? 0) >= limit);
      if (isOver) return;
      for (const event of events) {
        if (!isFull && event.t >= limit) return;
        this.#past.step(event, event);
        this.#beganNs = Math.max(this.#beganNs, event.t);
        this.#kept++;
      }
      if (isFull) return;
    }
  }

  #look(): void {
    this.#lookNs = this.#ring.newestNs + LOOK_NS;
    const { kinds } = this.#options;
    for (const { id, kind, until } of this.#source.trace.findings()) {
      if (until !== null || !kinds.includes(kind) || this.#known.has(id)) continue;
      if (this.#known.size >= MOST_KNOWN) this.#known.clear();
      this.#known.add(id);
      void this.save(kind);
    }
  }
}

/** Begin a flight recorder on a session; before the first event is delivered. */
export async function recordFindings(
  session: LiveSession,
  path: string,
  options: FlightOptions,
): Promise<FlightRecorder> {
  const recorder = new FlightRecorder(session, path, options);
  session.onEvents((events) => recorder.take(events));
  return recorder;
}
