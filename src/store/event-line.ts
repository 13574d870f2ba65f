/** An event as a line that a reader takes. */

import { encodeEvent } from "../event/recording-codec.ts";
import type { TraceEvent } from "../event/trace-event.ts";
import { MAX_LINE_BYTES } from "./line-chunks.ts";
import { appendTrouble } from "./whole-appender.ts";

/** Encode an event; null where its line would be over the cap, or where it cannot be encoded. */
export function lineOf(event: TraceEvent, onTrouble: (what: string) => void): string | null {
  try {
    const line = encodeEvent(event);
    // A UTF-16 unit takes three bytes at most, so most lines need not be counted.
    if (line.length * 3 <= MAX_LINE_BYTES) return line;
    if (Buffer.byteLength(line) <= MAX_LINE_BYTES) return line;
  } catch (error) {
    onTrouble(`leaves an event out: ${appendTrouble(error)}`);
  }
  return null;
}
