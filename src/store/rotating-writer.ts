/** Writes one long recording as many files, each of which replays alone. */

import type { RecordingFooter, RecordingHeader } from "../event/recording.ts";
import { toIso } from "../event/time.ts";
import type { TraceEvent } from "../event/trace-event.ts";
import { createRecording } from "./create-recording.ts";
import { packPart } from "./pack-part.ts";
import { enforceLimits, type PartLimits } from "./part-limits.ts";
import { type PartNames, partFiles, partNames, partPath } from "./part-name.ts";
import { codeOf } from "./recording-error.ts";
import type { RecordingWriter } from "./recording-writer.ts";
import { repairTail } from "./repair.ts";
import type { WriterEnd, WriterOptions } from "./writer-options.ts";

/** When a file is full, and what becomes of it. */
export interface RotationOptions extends PartLimits {
  readonly maxPartBytes?: number;
  readonly maxPartMs?: number;
  /** Pack closed files. */
  readonly packs: boolean;
  readonly onProblem?: (message: string) => void;
  /** One for all files: what bears one name in the first bears it in the last. */
  readonly redactor?: WriterOptions["redactor"];
  /** How often a full disk is tried again, milliseconds. */
  readonly retryMs?: number;
  /** Milliseconds that only grow; a test's own. */
  readonly clock?: () => number;
  /** Told of each file that is complete. */
  readonly onPart?: (path: string) => void;
  /** What the state depends on now, for the head of the next file. */
  readonly carry: () => readonly TraceEvent[];
  /** The footer of a file that ends now. */
  readonly footer: () => RecordingFooter;
}

/** After a file that could not be begun the next try is this much later, milliseconds. */
const RETRY_MS = 1000;

/**
 * A recording in parts.
 *
 * Events go on while the next file is created: they wait for it, and go on into the old one when
 * it cannot be created. So none is missing, and none is in two files, but those that a file carries
 * of the time before it; its header says how many those are.
 */
export class RotatingWriter {
  readonly #header: RecordingHeader;
  readonly #options: RotationOptions;
  readonly #names: PartNames;
  readonly #packing = new Set<Promise<void>>();
  readonly #clock: () => number;
  #number: number;
  #path = "";
  #writer: RecordingWriter | null = null;
  #beganAt = 0;
  #notBefore = 0;
  #waiting: TraceEvent[] | null = null;
  #turning: Promise<void> | null = null;
  #newestNs = 0;
  #written = 0;
  #dropped = 0;
  #isComplete = true;

  private constructor(path: string, header: RecordingHeader, options: RotationOptions) {
    this.#header = header;
    this.#options = options;
    this.#clock = options.clock ?? (() => performance.now());
    this.#names = partNames(path);
    this.#number = partFiles(this.#names).at(-1)?.number ?? 0;
  }

  /**
   * Begin the first file, its number behind those that are there.
   *
   * @throws CreateError
   */
  static async start(
    path: string,
    header: RecordingHeader,
    options: RotationOptions,
  ): Promise<RotatingWriter> {
    const writer = new RotatingWriter(path, header, options);
    await writer.#mendLeftovers();
    await writer.#begin([]);
    writer.#limit();
    return writer;
  }

  /** The file that is being written. */
  get path(): string {
    return this.#path;
  }

  /** Take one event; it returns at once and never throws. */
  write(event: TraceEvent): void {
    if (event.t > this.#newestNs) this.#newestNs = event.t;
    if (this.#waiting !== null) {
      this.#waiting.push(event);
      return;
    }
    this.#writer?.write(event);
  }

  /** Begin the next file if this one is full: where `carry` speaks of all that was written. */
  rotateIfFull(): void {
    if (this.#waiting === null && this.#isFull()) void this.rotate();
  }

  /**
   * End the file that is written and begin the next one; resolves when that has been done. To be
   * called between two batches, as `rotateIfFull`.
   */
  rotate(): Promise<void> {
    this.#turning ??= this.#turn().finally(() => {
      this.#turning = null;
    });
    return this.#turning;
  }

  /** Hand everything to the system, once a rotation under way is done. */
  async flush(): Promise<void> {
    await this.#turning;
    await this.#writer?.flush();
  }

  /** Write the footer and wait for what is being packed. */
  async close(footer: RecordingFooter): Promise<WriterEnd> {
    await this.#turning;
    await this.#end(this.#writer, this.#path, footer);
    await Promise.all(this.#packing);
    this.#limit();
    return {
      isComplete: this.#isComplete,
      written: this.#written,
      dropped: this.#dropped,
      bytes: 0,
    };
  }

  #isFull(): boolean {
    const { maxPartBytes = Infinity, maxPartMs = Infinity } = this.#options;
    const now = this.#clock();
    if (now < this.#notBefore) return false;
    const bytes = this.#writer?.state.bytes ?? 0;
    return bytes >= maxPartBytes || now - this.#beganAt >= maxPartMs;
  }

  async #turn(): Promise<void> {
    const old = this.#writer;
    const oldPath = this.#path;
    const footer = this.#options.footer();
    this.#waiting = [];
    try {
      await this.#begin(this.#options.carry());
    } catch (error) {
      this.#notBefore = this.#clock() + RETRY_MS;
      this.#options.onProblem?.(`${error instanceof Error ? error.message : error}`);
      this.#letGo();
      return;
    }
    this.#letGo();
    await this.#end(old, oldPath, footer);
    this.#options.onPart?.(oldPath);
    if (this.#options.packs) this.#pack(oldPath);
    this.#limit();
  }

  /** The state must be that of this moment: it is asked before anything is waited for. */
  async #begin(carried: readonly TraceEvent[]): Promise<void> {
    const number = this.#number + 1;
    const from = this.#newestNs;
    const startedAt = toIso(this.#header.startedAt, from, 0);
    const path = partPath(this.#names, number, startedAt);
    const part = { number, from, carried: carried.length };
    const { onProblem, redactor, retryMs } = this.#options;
    const writer = await createRecording(
      path,
      { ...this.#header, part },
      {
        ...(onProblem && { onProblem }),
        ...(redactor && { redactor }),
        ...(retryMs !== undefined && { retryMs }),
      },
    );
    for (const event of carried) writer.write(event);
    this.#number = number;
    this.#writer = writer;
    this.#path = path;
    this.#beganAt = this.#clock();
  }

  #letGo(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const event of waiting) this.#writer?.write(event);
  }

  async #end(writer: RecordingWriter | null, path: string, footer: RecordingFooter): Promise<void> {
    const end = await writer?.close(footer);
    if (end === undefined) return;
    this.#written += end.written;
    this.#dropped += end.dropped;
    this.#isComplete &&= end.isComplete;
    if (!end.isComplete) this.#options.onProblem?.(`${path} has no footer`);
  }

  #pack(path: string): void {
    const job = packPart(path)
      .then(() => undefined)
      .catch((error: unknown) => {
        this.#options.onProblem?.(`${path} is not packed: ${codeOf(error)}; it stays as it is`);
      })
      .finally(() => {
        this.#packing.delete(job);
        this.#limit();
      });
    this.#packing.add(job);
  }

  /** A killed run has left its last file open, and perhaps some unpacked. */
  async #mendLeftovers(): Promise<void> {
    const unpacked = partFiles(this.#names).filter(({ isPacked }) => !isPacked);
    const last = unpacked.at(-1)?.path;
    if (last !== undefined) {
      const what = await repairTail(last).catch((error: unknown) => `is left alone: ${error}`);
      if (what !== null) this.#options.onProblem?.(`${last} ${what}`);
    }
    if (this.#options.packs) for (const { path } of unpacked) this.#pack(path);
  }

  #limit(): void {
    enforceLimits(this.#names, this.#options, Date.now());
  }
}
