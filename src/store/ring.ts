/** The newest events within bounds, in memory or on disk: what the dashboard is a cursor over. */

import { deflateRaw, inflateRawSync } from "node:zlib";
import { encodeEvent } from "../event/recording-codec.ts";
import type { Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import { type Held, inMemory, type Shelf } from "./shelf.ts";

/** How much a ring keeps. */
export interface RingLimits {
  readonly maxBytes: number;
  readonly maxEvents: number;
}

/** What a ring does with what leaves its memory. */
export interface RingPlaces {
  /** Told of the events that are dropped for want of room, before they are. */
  readonly onDrop?: (events: readonly TraceEvent[]) => void;
  /** Where packed segments are kept; in memory when absent. */
  readonly shelf?: Shelf;
}

/** Events of a run, sealed in one buffer outside the heap. */
interface Segment {
  /** Number of its first event, counted from the first that was ever pushed. */
  readonly first: number;
  readonly count: number;
  /** The first event's `t`. */
  readonly firstNs: Nanoseconds;
  /** The newest `t` up to its end; grows from segment to segment, late events or not. */
  readonly newestNs: Nanoseconds;
  /** Their recording lines, joined by commas, packed or not yet. */
  held: Held;
  isPacked: boolean;
}

/** Events per segment at most: what a step back decodes, and what is dropped at once. */
const SEGMENT_EVENTS = 1024;

/** A segment is at most this part of the ring, so that dropping one leaves most of it. */
const SEGMENT_SHARE = 1 / 8;

/** Recordings pack by twelve even so, at 100 MB a second on a thread of its own. */
const PACKING = { level: 1 };
/** Less than this is not worth a thread. */
const WORTH_PACKING = 16_384;

/**
 * Recent events by number and by time.
 *
 * Events are kept as their recording lines, packed, in buffers of 1,024: about 40 bytes for a
 * transition, and nothing for the garbage collector to walk, where as many objects would make
 * every full collection slower. Only the newest are kept as they came: whoever follows the end
 * reads them at once. Over a limit the oldest segment is dropped whole and counted.
 *
 * A cursor is a plain number: event 0 is the first ever pushed, and numbers never change. It stays
 * valid when its event is dropped, reading then begins at the oldest event kept.
 */
export class EventRing {
  readonly #limits: RingLimits;
  readonly #places: RingPlaces;
  /** The segment decoded last: a cursor reads on where it was. */
  #decoded: { readonly segment: Segment; readonly events: readonly TraceEvent[] } | null = null;
  #segments: Segment[] = [];
  #open: string[] = [];
  #openEvents: TraceEvent[] = [];
  #openChars = 0;
  #sealedBytes = 0;
  #oldest = 0;
  #end = 0;
  #newestNs = Number.NEGATIVE_INFINITY;

  constructor(
    limits: RingLimits = { maxBytes: 64 * 1024 * 1024, maxEvents: Number.POSITIVE_INFINITY },
    places: RingPlaces = {},
  ) {
    this.#limits = limits;
    this.#places = places;
  }

  /** Number of the oldest event kept. */
  get oldest(): number {
    return this.#oldest;
  }

  /** Number that the next event will get; also the cursor of the live view. */
  get end(): number {
    return this.#end;
  }

  /** Events kept. */
  get size(): number {
    return this.#end - this.#oldest;
  }

  /** Events dropped for want of room. */
  get dropped(): number {
    return this.#oldest;
  }

  /** Bytes held, the unsealed text counted by its length. */
  get bytes(): number {
    return this.#sealedBytes + this.#openChars;
  }

  /** How much of what it may keep it keeps, 0 to 1: beyond, the oldest are dropped. */
  get fullness(): number {
    const { maxBytes, maxEvents } = this.#limits;
    return Math.max(this.bytes / maxBytes, this.size / maxEvents);
  }

  /** The newest `t` pushed; -Infinity while there is none. */
  get newestNs(): Nanoseconds {
    return this.#newestNs;
  }

  /** Keep one event. */
  push(event: TraceEvent): void {
    const line = encodeEvent(event);
    this.#open.push(line);
    this.#openEvents.push(event);
    this.#openChars += line.length + 1;
    this.#end++;
    if (event.t > this.#newestNs) this.#newestNs = event.t;
    if (this.#isSegmentFull()) this.#seal();
    while (this.#isOver()) this.#dropOldest();
  }

  /** Up to `limit` events from number `from` on, in the order of their pushing. */
  read(from: number, limit: number): readonly TraceEvent[] {
    const events: TraceEvent[] = [];
    let at = Math.max(from, this.#oldest);
    const end = Math.min(this.#end, at + limit);
    while (at < end) {
      const inside = this.#readSegment(at, end);
      for (const event of inside) events.push(event);
      at += inside.length;
    }
    return events;
  }

  /** Number of the first event kept with an instant of `t` or later, `end` when there is none. */
  seek(t: Nanoseconds): number {
    const segment = this.#segments[lowerBound(this.#segments, (it) => it.newestNs >= t)];
    const first = segment?.first ?? this.#openFirst;
    const inside = this.#readSegment(first, this.#end).findIndex((event) => event.t >= t);
    return inside < 0 ? this.#end : first + inside;
  }

  /** The instant of the oldest event kept, or null when there is none. */
  get oldestNs(): Nanoseconds | null {
    return this.#segments[0]?.firstNs ?? this.#openEvents[0]?.t ?? null;
  }

  get #openFirst(): number {
    return this.#end - this.#open.length;
  }

  #isSegmentFull(): boolean {
    const { maxBytes, maxEvents } = this.#limits;
    return (
      this.#open.length >= Math.min(SEGMENT_EVENTS, maxEvents * SEGMENT_SHARE) ||
      this.#openChars >= maxBytes * SEGMENT_SHARE
    );
  }

  #isOver(): boolean {
    const { maxBytes, maxEvents } = this.#limits;
    return this.size > 1 && (this.bytes > maxBytes || this.size > maxEvents);
  }

  #seal(): void {
    const bytes = Buffer.from(this.#open.join(","));
    const count = this.#open.length;
    const segment: Segment = {
      first: this.#openFirst,
      count,
      firstNs: this.#openEvents[0]?.t ?? 0,
      newestNs: this.#newestNs,
      held: inMemory(bytes),
      isPacked: false,
    };
    this.#segments.push(segment);
    this.#sealedBytes += bytes.length;
    this.#open = [];
    this.#openEvents = [];
    this.#openChars = 0;
    if (bytes.length >= WORTH_PACKING) this.#pack(segment, bytes);
  }

  /** Pack a segment off the event loop; until then, and where it fails, it stays as it is. */
  #pack(segment: Segment, bytes: Buffer): void {
    deflateRaw(bytes, PACKING, (error, packed) => {
      if (error !== null || segment.first < this.#oldest) return;
      this.#sealedBytes += packed.length - bytes.length;
      segment.held = this.#places.shelf?.put(packed) ?? inMemory(packed);
      segment.isPacked = true;
    });
  }

  #dropOldest(): void {
    if (this.#segments.length === 0) this.#seal();
    const [segment] = this.#segments;
    if (segment === undefined) return;
    this.#places.onDrop?.(this.#readSegment(segment.first, segment.first + segment.count));
    this.#segments.shift();
    this.#sealedBytes -= segment.held.length;
    segment.held.drop();
    this.#oldest = segment.first + segment.count;
  }

  /** The events from `from` up to `end` that stand in one segment with `from`. */
  #readSegment(from: number, end: number): readonly TraceEvent[] {
    const reached = lowerBound(this.#segments, (it) => it.first + it.count > from);
    const segment = this.#segments[reached];
    if (segment === undefined) {
      const first = this.#openFirst;
      return this.#openEvents.slice(from - first, end - first);
    }
    if (this.#decoded?.segment !== segment) {
      const { held, isPacked } = segment;
      const bytes = held.read();
      const text = (isPacked ? inflateRawSync(bytes) : bytes).toString();
      this.#decoded = { segment, events: decode(text) };
    }
    return this.#decoded.events.slice(from - segment.first, end - segment.first);
  }
}

/** The text is our own, so it is taken for what it was. */
function decode(text: string): readonly TraceEvent[] {
  return JSON.parse(`[${text}]`);
}

function lowerBound<T>(items: readonly T[], isReached: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && isReached(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}
