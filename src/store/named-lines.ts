/** Reads lines of a recording by their places. */

import { isAscii } from "node:buffer";
import { readSync } from "node:fs";
import { decodeRecord } from "../event/recording-codec.ts";
import type { TraceEvent } from "../event/trace-event.ts";
import type { LineRef } from "./index-file.ts";

/** One line is nearly always shorter. */
const NEAR_BYTES = 4096;
/** Where lines stand close together, one reading serves many; a longer text is costly to allocate. */
const WIDE_BYTES = 65_536;
const MANY = 32;
/** The longest line fits twice over. */
const WIDEST_BYTES = 8 * WIDE_BYTES;

/** The events that the places lead to, in that order; what is no event there is left out. */
export function* eventsAt(fd: number, refs: readonly LineRef[]): Generator<TraceEvent, void> {
  const room = Buffer.allocUnsafeSlow(WIDEST_BYTES);
  let held = new Held(room.subarray(0, 0), 0);
  for (const [index, ref] of refs.entries()) {
    if ("event" in ref) {
      yield ref.event;
      continue;
    }
    let line = held.lineAt(ref.start);
    const least = isDense(refs, index, ref.start) ? WIDE_BYTES : NEAR_BYTES;
    for (let length = least; line === null && length <= WIDEST_BYTES; length *= 8) {
      const count = readSync(fd, room, 0, length, ref.start);
      held = new Held(room.subarray(0, count), ref.start);
      line = held.lineAt(ref.start);
    }
    if (line === null) continue;
    const record = decodeRecord(JSON.parse(line));
    if (record.kind === "event") yield record.event;
  }
}

function isDense(refs: readonly LineRef[], index: number, start: number): boolean {
  const far = refs[index + MANY];
  return far !== undefined && "start" in far && far.start - start < WIDE_BYTES / 2;
}

/** A piece of the file. */
class Held {
  readonly #start: number;
  readonly #bytes: Buffer;
  /** The same as text, where places in both are the same. */
  readonly #text: string | null;

  constructor(bytes: Buffer, start: number) {
    this.#start = start;
    this.#bytes = bytes;
    this.#text = isAscii(this.#bytes) ? this.#bytes.toString("latin1") : null;
  }

  /** The line that begins there; null where it does not lie in here whole. */
  lineAt(start: number): string | null {
    const from = start - this.#start;
    if (from < 0 || from >= this.#bytes.length) return null;
    if (this.#text !== null) {
      const end = this.#text.indexOf("\n", from);
      return end < 0 ? null : this.#text.slice(from, end);
    }
    const end = this.#bytes.indexOf(0x0a, from);
    return end < 0 ? null : this.#bytes.toString("utf8", from, end);
  }
}
