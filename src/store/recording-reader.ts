/** Reads a recording as a stream: the header first, then batches of events in order. */

import type { RecordingHeader } from "../event/recording.ts";
import type { TraceEvent } from "../event/trace-event.ts";
import { type ReadEnd, RecordingScanner } from "./recording-scanner.ts";
import { CutShort, chunksOf, labelOf, openSource } from "./recording-source.ts";

/** A recording whose header has been read. */
export interface Recording {
  readonly header: RecordingHeader;
  /**
   * All events in order, in batches as they become due; can be iterated once.
   *
   * Iteration throws RecordingError `unreadable` when the medium fails.
   */
  readonly events: AsyncIterable<readonly TraceEvent[]>;
  /** The account of the reading; complete once `events` has come to its end. */
  end(): ReadEnd;
  /** Give the input back unread. Needed only where `events` is not iterated. */
  close(): Promise<void>;
}

/** How a recording is read. */
export interface ReadOptions {
  /** Ends the reading early, without an error. */
  readonly signal?: AbortSignal;
}

/**
 * Open a recording and read its header.
 *
 * @param path A file, plain or gzipped, or `-` for stdin.
 * @throws RecordingError when it cannot be read, is none, or is of a newer schema: exit code 3.
 */
export async function readRecording(path: string, options: ReadOptions = {}): Promise<Recording> {
  const label = labelOf(path);
  const scanner = new RecordingScanner(label);
  const chunks = chunksOf(await openSource(path), label, options.signal);
  const batches = scan(chunks, scanner, options.signal);
  const early: (readonly TraceEvent[])[] = [];
  while (scanner.header === null) {
    const next = await batches.next();
    if (next.done) break;
    early.push(next.value);
  }
  const { header } = scanner;
  if (header === null) throw options.signal?.reason ?? new TypeError("a reading without a header");
  return {
    header,
    events: eventsOf(early, batches),
    end: () => scanner.end(),
    close: async () => void (await batches.return()),
  };
}

type Batches = AsyncGenerator<readonly TraceEvent[], void>;

async function* scan(
  chunks: AsyncIterable<Buffer>,
  scanner: RecordingScanner,
  signal: AbortSignal | undefined,
): Batches {
  let isCut = false;
  try {
    for await (const chunk of chunks) yield scanner.push(chunk);
  } catch (error) {
    if (!(error instanceof CutShort)) throw error;
    isCut = true;
  }
  if (!signal?.aborted) yield scanner.finish(isCut);
}

async function* eventsOf(early: readonly (readonly TraceEvent[])[], batches: Batches): Batches {
  try {
    for (const batch of early) if (batch.length > 0) yield batch;
    for await (const batch of batches) if (batch.length > 0) yield batch;
  } finally {
    await batches.return();
  }
}
