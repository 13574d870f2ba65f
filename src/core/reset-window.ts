/** Teardowns by RST of the last minute, by the two addresses and the cause. */

import type { Nanoseconds } from "../event/trace-event.ts";
import type { Endpoint } from "./endpoint.ts";
import type { EndpointRecord } from "./endpoint-record.ts";
import { type ResetCause, resetCauseOf } from "./reset-cause.ts";

/** One teardown, or the other end of one, which is named and not counted again. */
interface Entry {
  readonly at: Nanoseconds;
  readonly id: string;
  readonly isCounted: boolean;
  readonly group: ResetGroup;
}

/** Teardowns between two addresses with one cause, oldest first. */
export interface ResetGroup {
  readonly key: string;
  readonly netns: number;
  readonly local: string;
  readonly remote: string;
  /** Null: by a RST of this end for a reason that has no word. */
  readonly cause: ResetCause | null;
  /** Teardowns in the window; both ends of one count once. */
  count: number;
  /** Ids of all ends that are known, with the time of each. */
  readonly entries: Map<string, Nanoseconds>;
}

const WINDOW_NS = 60e9;
/** What is remembered at most: at more than this in a minute the oldest are left out. */
const LIMIT = 200_000;

/**
 * A sliding minute.
 *
 * A RST may amend the verdict of a CLOSE by a millisecond later, so an endpoint is judged at the
 * next look. It is then let go: what is kept are ids, since the table may forget the endpoint.
 */
export class ResetWindow {
  #fresh: EndpointRecord[] = [];
  readonly #queue: Entry[] = [];
  #head = 0;
  readonly #groups = new Map<string, ResetGroup>();

  copy(of: (endpoint: EndpointRecord) => EndpointRecord): ResetWindow {
    const copy = new ResetWindow();
    copy.#fresh = this.#fresh.map(of);
    for (const [key, group] of this.#groups) {
      copy.#groups.set(key, { ...group, entries: new Map(group.entries) });
    }
    for (const entry of this.#queue.slice(this.#head)) {
      // A group that is gone has entries left in the queue only behind the head.
      const group = copy.#groups.get(entry.group.key) ?? entry.group;
      copy.#queue.push({ ...entry, group });
    }
    return copy;
  }

  /** Those that have ended by RST since the last look. */
  get unjudged(): readonly EndpointRecord[] {
    return this.#fresh;
  }

  /** An endpoint has ended by RST. */
  note(endpoint: EndpointRecord): void {
    this.#fresh.push(endpoint);
  }

  /** Judge what has come since the last look, and forget what is older than a minute. */
  advance(now: Nanoseconds): void {
    const fresh = this.#fresh;
    this.#fresh = [];
    for (const endpoint of fresh) this.#take(endpoint);
    const queue = this.#queue;
    while (this.#head < queue.length) {
      const { at, id, isCounted, group } = queue[this.#head] as Entry;
      if (at > now - WINDOW_NS && queue.length - this.#head <= LIMIT) break;
      this.#head++;
      group.entries.delete(id);
      if (isCounted) group.count--;
      if (group.entries.size === 0) this.#groups.delete(group.key);
    }
    if (this.#head > 4096 && this.#head * 2 > queue.length) {
      queue.splice(0, this.#head);
      this.#head = 0;
    }
  }

  groups(): Iterable<ResetGroup> {
    return this.#groups.values();
  }

  /** The end that took the RST belongs to the teardown of the end that sent it. */
  #take(endpoint: Endpoint): void {
    const at = endpoint.endedAt;
    const isSent = endpoint.verdict === "reset-sent";
    if (at === null || (!isSent && endpoint.verdict !== "reset-received")) return;
    const sender = isSent || endpoint.peer?.verdict !== "reset-sent" ? endpoint : endpoint.peer;
    const group = this.#groupOf(sender);
    if (group.entries.has(endpoint.id)) return;
    const isCounted = sender === endpoint;
    group.entries.set(endpoint.id, at);
    if (isCounted) group.count++;
    this.#queue.push({ at, id: endpoint.id, isCounted, group });
  }

  #groupOf(endpoint: Endpoint): ResetGroup {
    const { netns, local, remote } = endpoint.tuple;
    const cause = resetCauseOf(endpoint);
    const key = `${netns} ${local} ${remote} ${cause ?? ""}`;
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = { key, netns, local, remote, cause, count: 0, entries: new Map() };
      this.#groups.set(key, group);
    }
    return group;
  }
}
