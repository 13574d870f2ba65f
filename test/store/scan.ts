/** Reads a recording out of memory, cut into chunks. */
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { type ReadEnd, RecordingScanner } from "../../src/store/recording-scanner.ts";

/** What a reading gave. */
export interface Scanned {
  readonly events: readonly TraceEvent[];
  readonly end: ReadEnd;
}

/** Read the chunks in turn. */
export function scan(...chunks: readonly (string | Buffer)[]): Scanned {
  const scanner = new RecordingScanner("test");
  const events: TraceEvent[] = [];
  for (const chunk of chunks) events.push(...scanner.push(Buffer.from(chunk)));
  events.push(...scanner.finish(false));
  return { events, end: scanner.end() };
}
