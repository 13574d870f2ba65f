/** Lets through what belongs to a slice, event by event, in the order of the recording. */

import type {
  GapEvent,
  HeartbeatEvent,
  HostEvent,
  Nanoseconds,
  TraceEvent,
} from "../event/trace-event.ts";
import type { Trace } from "./fold.ts";
import { Follower } from "./follower.ts";
import type { SlicePlan } from "./slice-plan.ts";

const NOTHING: readonly never[] = [];
const OVERFLOW = "TcpExt.TCPTimeWaitOverflow";
/** The fold asks its detectors in every second of a silence of up to 120 s. */
const TICK_NS = 60e9;
/** Before the window each of its last seconds has its heartbeat: the account must be there in time. */
const LEAD_NS = 10e9;

/** What tells of no endpoint and, within the window, is carried all the same: it makes none either. */
const STRAYS: ReadonlySet<TraceEvent["type"]> = new Set<TraceEvent["type"]>([
  "retransmit",
  "reset",
  "open",
  "read",
  "use",
  "mini-segment",
  "mini-end",
  "counts",
]);

/**
 * The second look at a recording, with the plan that the first has made.
 *
 * Every event of the chosen endpoints is carried as it is, from their first on. Of the time before
 * the window the host's part is thinned: sysctls whole, of counters what they had come to, and as
 * many heartbeats as keep the clock going.
 */
export class SliceFilter {
  readonly #plan: SlicePlan;
  readonly #follower: Follower;
  readonly #newIds = new Map<string, string>();
  readonly #counters = new Map<number, Record<string, number>>();
  #births = 0;
  #hasCounters = false;
  #hasGap = false;
  /** A detail was told, and bpftrace has not been started again since. */
  #hasDetail = false;
  #hasLoss = false;
  #beatNs = Number.NEGATIVE_INFINITY;

  /** @param trace one that has taken no event yet, made as the one that the plan was made with */
  constructor(plan: SlicePlan, trace: Trace) {
    this.#plan = plan;
    this.#follower = new Follower(trace);
  }

  /** What the slice calls the endpoints that were asked for, by their old id. */
  get newIds(): ReadonlyMap<string, string> {
    return this.#newIds;
  }

  /** Take the next event; returns what to write for it. */
  take(event: TraceEvent): readonly TraceEvent[] {
    const { toNs } = this.#plan.request;
    if (event.t > toNs) return event.type === "gap" ? this.#reaching(event, toNs) : NOTHING;
    const isCarried = this.#isCarried(event);
    const counters =
      this.#hasCounters || event.t < this.#plan.countersNs ? NOTHING : this.#countersSoFar();
    if (event.type === "host") return [...counters, ...this.#host(event)];
    if (!isCarried) return counters;
    return counters.length === 0 ? [event] : [...counters, event];
  }

  #isCarried(event: TraceEvent): boolean {
    const { ids, pids, places, isWindow, request } = this.#plan;
    const { endpoints, born, listener } = this.#follower.step(event);
    if (born !== null && ids.has(born.id)) {
      this.#births++;
      if (request.endpoints.includes(born.id)) this.#newIds.set(born.id, `e${this.#births}`);
    }
    if (event.type === "heartbeat") return this.#isTick(event);
    // How much was told from then on: few, and each goes for all that follow.
    if (event.type === "detail") {
      this.#hasDetail = true;
      return true;
    }
    if (event.type === "gap") return this.#isGapOfThem(event);
    if (event.type === "process" || event.type === "threads") return pids.has(event.pid);
    if (listener !== null) return places.has(listener);
    if (endpoints.length > 0) return endpoints.some(({ id }) => ids.has(id));
    return isWindow && event.t >= request.fromNs && STRAYS.has(event.type);
  }

  #isTick(beat: HeartbeatEvent): boolean {
    const { bornNs, request } = this.#plan;
    const isFirstLoss = !this.#hasLoss && beat.lost + beat.skipped + beat.unparsed > 0;
    if (isFirstLoss) this.#hasLoss = true;
    const isDue = beat.t >= bornNs && beat.t - this.#beatNs >= TICK_NS;
    if (!isFirstLoss && !isDue && beat.t < request.fromNs - LEAD_NS) return false;
    this.#beatNs = beat.t;
    return true;
  }

  /**
   * The first of all tells since when the trace has holes, and a new start of bpftrace that what
   * was told of the detail holds no longer.
   */
  #isGapOfThem(gap: GapEvent): boolean {
    const isFirst = !this.#hasGap;
    this.#hasGap = true;
    const endsDetail = gap.cause === "restart" && this.#hasDetail;
    if (endsDetail) this.#hasDetail = false;
    return isFirst || endsDetail || Math.max(gap.from, gap.t) >= this.#plan.bornNs;
  }

  /** A loss that began in the slice is known only later: it reaches to the slice's end. */
  #reaching(gap: GapEvent, toNs: Nanoseconds): readonly TraceEvent[] {
    return Math.min(gap.from, gap.t) <= toNs ? [{ ...gap, t: toNs }] : NOTHING;
  }

  #host(event: HostEvent): readonly TraceEvent[] {
    if (this.#hasCounters) return [event];
    const { type, t, netns, counters, sysctls } = event;
    if (counters !== undefined) {
      this.#counters.set(netns, { ...this.#counters.get(netns), ...counters });
    }
    const overflows = counters?.[OVERFLOW];
    if (overflows === undefined && sysctls === undefined) return NOTHING;
    return [
      {
        type,
        t,
        netns,
        // That it rose then, and from what, decides over mini-sockets of that moment.
        ...(overflows !== undefined && { counters: { [OVERFLOW]: overflows } }),
        ...(sysctls !== undefined && { sysctls }),
      },
    ];
  }

  /** Counters are absolute values: one event a namespace says what all before it did. */
  #countersSoFar(): readonly TraceEvent[] {
    this.#hasCounters = true;
    const t = this.#plan.countersNs;
    return [...this.#counters].map(([netns, counters]) => ({ type: "host", t, netns, counters }));
  }
}
