/** Keeps, of the events so far, those that the present still depends on. */

import type { DetailEvent } from "../event/detail.ts";
import type { HostEvent, Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import { listsCounted } from "./counted-only.ts";
import { COUNTER_WINDOW_NS } from "./counter-window.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Trace } from "./fold.ts";
import { Follower } from "./follower.ts";
import { numberOf } from "./id-set.ts";
import { processKey } from "./process-table.ts";
import { RestBook, type RestList } from "./rest-book.ts";
import type { Resume } from "./resume.ts";
import { presentOf } from "./slice-plan.ts";

/** An event by its number, and what its owner knows it by. */
interface Entry<R> {
  readonly no: number;
  readonly ref: R;
}

/** A process that was seen to use an endpoint, and the event that told so last. */
interface Use<R> {
  readonly pid: number;
  readonly entry: Entry<R>;
}

/** What is needed to go on from the present. */
export interface Carried<R> {
  /** The events, in order. */
  readonly refs: readonly R[];
  readonly resume: Resume;
  /** Who rows tell of, where these were asked for: no event of theirs is among the others. */
  readonly rests: RestList | null;
}

/** How far back the detector of resets looks, and as many of its teardowns as are carried. */
const MEMORY_NS = 60e9;
const MOST_RESETS = 2000;
/** The newest teardowns: a screen lists them first. */
const RECENT = 200;
/** Findings that are over, and seconds of the charts. */
const ENDED_FINDINGS = 100;
const POINTS = 600;
/** Who holds a listener is told again with each scan; the newest scan is far shorter. */
const MOST_HOLDERS = 2000;
const MOST_PROCESSES = 10_000;
/** Processes that were seen to use an endpoint between two of its changes, the newest. */
const MOST_USERS = 16;
const SWEEP_EVERY = 50_000;

/**
 * Steps a trace, and knows at any time which events a new trace must be told to stand where this
 * one does.
 *
 * What a slice carries of the time before it is chosen by the same plan; here the choice is made
 * again at any moment, so each event is filed under whom it speaks of, and forgotten with them.
 * Memory goes with the living endpoints and the last minute: of the processes that take turns at
 * one of them, which they may do without end, only the last use of each is kept.
 */
export class Carry<R> {
  readonly #trace: Trace;
  readonly #follower: Follower;
  readonly #rests: RestBook;
  readonly #ofEndpoint = new Map<Endpoint, Entry<R>[]>();
  /** Who was seen to use it since it last changed its state, the newest at the end. */
  readonly #usesOf = new WeakMap<Endpoint, readonly Use<R>[]>();
  /** Those that an RST has come to or gone from. */
  readonly #reset = new Set<Endpoint>();
  readonly #ofProcess = new Map<string, Entry<R>>();
  readonly #ofThreads = new Map<number, Entry<R>>();
  readonly #ofPlace = new Map<string, Entry<R>[]>();
  readonly #holdersOf = new Map<string, Entry<R>[]>();
  /** The newest word on each counter and sysctl. */
  readonly #ofHost = new Map<string, Entry<R>>();
  /** What the host told in the last minute, which says how far its counters have moved. */
  #recentHost: { readonly entry: Entry<R>; readonly event: HostEvent }[] = [];
  #gaps: { readonly entry: Entry<R>; readonly until: Nanoseconds }[] = [];
  #beat: Entry<R> | null = null;
  #detail: Entry<R> | null = null;
  /** The newest move to counting: for a while after it the socket table lists what is only counted. */
  #counting: Entry<R> | null = null;
  #births = 0;
  #no = 0;

  /** @param trace one that has taken no event yet */
  constructor(trace: Trace) {
    this.#trace = trace;
    this.#follower = new Follower(trace);
    this.#rests = new RestBook(trace, this.#follower);
  }

  /** Let the trace take one event, known as `ref`. */
  step(event: TraceEvent, ref: R): void {
    const entry = { no: this.#no++, ref };
    const { endpoints, born, listener } = this.#follower.step(event);
    if (born !== null) this.#births++;
    this.#rests.note(event, endpoints);
    for (const endpoint of endpoints) {
      const filed = push(this.#ofEndpoint, endpoint, entry);
      if (event.type === "use") this.#noteUse(endpoint, { pid: event.pid, entry }, filed);
      else if (event.type === "transition") this.#usesOf.delete(endpoint);
      if (endpoint.reset !== null) this.#reset.add(endpoint);
    }
    if (listener !== null) this.#filePlace(listener, event, entry);
    if (event.type === "host") this.#noteHost(event, entry);
    else if (event.type === "heartbeat") this.#beat = entry;
    else if (event.type === "detail") this.#noteDetail(event, entry);
    else if (event.type === "process") fileProcess(this.#ofProcess, processKey(event), entry);
    else if (event.type === "threads") fileProcess(this.#ofThreads, event.pid, entry);
    else if (event.type === "gap") {
      this.#gaps.push({ entry, until: Math.max(event.t, event.from) });
      if (this.#trace.detail === null) this.#detail = null;
    }
    if (this.#no % SWEEP_EVERY === 0) this.#sweep();
  }

  /** What the present depends on. @param byRows whether rows may tell of those that rest */
  carried(byRows = false): Carried<R> {
    const trace = this.#trace;
    const at = trace.now;
    const { chosen: all, bornNs } = this.#choose();
    const findings = this.#findings(all);
    const parted = byRows ? this.#rests.part(all) : null;
    const { others: chosen, rests } = parted ?? { others: all, rests: null };
    const entries = new Set<Entry<R>>();
    for (const endpoint of chosen) {
      for (const entry of this.#ofEndpoint.get(endpoint) ?? []) entries.add(entry);
    }
    // Who listens, and who processes are, is known for those who come later.
    for (const lists of [this.#ofPlace, this.#holdersOf]) {
      for (const list of lists.values()) for (const entry of list) entries.add(entry);
    }
    for (const entry of this.#ofProcess.values()) entries.add(entry);
    for (const entry of this.#ofThreads.values()) entries.add(entry);
    for (const entry of this.#ofHost.values()) entries.add(entry);
    for (const { entry } of this.#recentHost) entries.add(entry);
    for (const [index, { entry, until }] of this.#gaps.entries()) {
      // The first of all tells since when the trace has holes.
      if (index === 0 || until >= bornNs) entries.add(entry);
    }
    if (this.#beat !== null) entries.add(this.#beat);
    const counting = listsCounted(trace, at) ? this.#counting : null;
    for (const each of [counting, this.#detail]) if (each !== null) entries.add(each);
    const refs = [...entries].sort((a, b) => a.no - b.no).map(({ ref }) => ref);
    const ids = [...chosen].map(({ id }) => numberOf(id)).sort((a, b) => a - b);
    const own = { at, ids, nextId: this.#births + 1, findings, unseen: trace.unseen };
    const resume = { ...own, series: trace.series(POINTS), ...(rests && { order: rests.order }) };
    return { refs, resume, rests };
  }

  #choose() {
    const trace = this.#trace;
    const { chosen, bornNs } = presentOf(trace, this.#follower);
    for (const endpoint of [...trace.recent(RECENT), ...this.#lateResets(trace.now)]) {
      for (const each of [endpoint, endpoint.peer]) {
        if (each !== null && trace.endpoint(each.id) !== undefined) chosen.add(each);
      }
    }
    return { chosen, bornNs };
  }

  /** Teardowns by RST that may still make a finding with others to come. */
  #lateResets(now: Nanoseconds): Endpoint[] {
    const late: Endpoint[] = [];
    for (const endpoint of this.#reset) {
      const { endedAt } = endpoint;
      if (!this.#ofEndpoint.has(endpoint)) this.#reset.delete(endpoint);
      else if (endedAt !== null && endedAt >= now - MEMORY_NS) late.push(endpoint);
    }
    return late.slice(-MOST_RESETS);
  }

  /** Their lists of endpoints are those that are carried: the others nobody can be shown. */
  #findings(chosen: ReadonlySet<Endpoint>): Resume["findings"] {
    const isKnown = (id: string) => {
      const endpoint = this.#trace.endpoint(id);
      return endpoint !== undefined && chosen.has(endpoint);
    };
    const all = this.#trace.findings();
    const ended = all.filter(({ until }) => until !== null).slice(-ENDED_FINDINGS);
    return [...ended, ...all.filter(({ until }) => until === null)].map((finding) => ({
      ...finding,
      endpoints: finding.endpoints.filter(isKnown),
    }));
  }

  #filePlace(place: string, event: TraceEvent, entry: Entry<R>): void {
    const list = push(event.type === "owner" ? this.#holdersOf : this.#ofPlace, place, entry);
    if (event.type === "owner" && list.length > MOST_HOLDERS) list.splice(0, MOST_HOLDERS / 2);
  }

  /** A use makes those of the same process before it say nothing, up to a change that names one. */
  #noteUse(endpoint: Endpoint, use: Use<R>, filed: Entry<R>[]): void {
    const known = this.#usesOf.get(endpoint) ?? [];
    const others = known.filter(({ pid }) => pid !== use.pid);
    const kept = [...others, use].slice(-MOST_USERS);
    this.#usesOf.set(endpoint, kept);
    for (const old of known) {
      if (!kept.includes(old)) filed.splice(filed.indexOf(old.entry), 1);
    }
  }

  #noteDetail({ detail }: DetailEvent, entry: Entry<R>): void {
    this.#detail = entry;
    if (detail === "aggregate") this.#counting = entry;
  }

  #noteHost(event: HostEvent, entry: Entry<R>): void {
    this.#recentHost.push({ entry, event });
    const old = this.#recentHost.findIndex((each) => each.event.t >= event.t - COUNTER_WINDOW_NS);
    for (const each of this.#recentHost.splice(0, old)) this.#fileHost(each.event, each.entry);
  }

  #fileHost({ netns, counters, sysctls }: HostEvent, entry: Entry<R>): void {
    for (const name of Object.keys(counters ?? {})) this.#ofHost.set(`${netns} ${name}`, entry);
    for (const name of Object.keys(sysctls ?? {})) this.#ofHost.set(`${netns} =${name}`, entry);
  }

  /** Forget the events of those who can be nobody's peer, predecessor or example any more. */
  #sweep(): void {
    const { chosen, bornNs } = this.#choose();
    const since = this.#trace.now - MEMORY_NS;
    for (const endpoint of this.#ofEndpoint.keys()) {
      if (chosen.has(endpoint)) continue;
      if (endpoint.endedAt !== null && endpoint.endedAt < since) this.#ofEndpoint.delete(endpoint);
    }
    this.#gaps = this.#gaps.filter(({ until }, index) => index === 0 || until >= bornNs);
  }
}

/** As many are known at a time as the trace knows. */
function fileProcess<K, V>(known: Map<K, V>, process: K, entry: V): void {
  known.set(process, entry);
  const [oldest] = known.keys();
  if (known.size > MOST_PROCESSES) known.delete(oldest as K);
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): V[] {
  const list = lists.get(key);
  if (list !== undefined) {
    list.push(value);
    return list;
  }
  const fresh = [value];
  lists.set(key, fresh);
  return fresh;
}
