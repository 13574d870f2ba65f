/** Reads lines of a recording by their places. */

import { isAscii } from "node:buffer";
import { readSync } from "node:fs";
import { decodeRecord } from "../event/recording-codec.ts";
import type { TraceEvent } from "../event/trace-event.ts";
import type { LineRef } from "./index-file.ts";
import { MAX_LINE_BYTES } from "./line-chunks.ts";

/** One line is nearly always shorter. */
const NEAR_BYTES = 4096;
/** Where lines stand close together, one reading serves many. */
const WIDE_BYTES = 262_144;
const MANY = 32;

/** The events that the places lead to, in that order; what is no event there is left out. */
export function* eventsAt(fd: number, refs: readonly LineRef[]): Generator<TraceEvent, void> {
  let held = new Held(fd, 0, 0);
  for (const [index, ref] of refs.entries()) {
    if ("event" in ref) {
      yield ref.event;
      continue;
    }
    let line = held.lineAt(ref.start);
    const least = isDense(refs, index, ref.start) ? WIDE_BYTES : NEAR_BYTES;
    for (let room = least; line === null && room <= 2 * MAX_LINE_BYTES + least; room *= 8) {
      held = new Held(fd, ref.start, room);
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

  constructor(fd: number, start: number, room: number) {
    const bytes = Buffer.allocUnsafe(room);
    this.#start = start;
    this.#bytes = bytes.subarray(0, room === 0 ? 0 : readSync(fd, bytes, 0, room, start));
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
