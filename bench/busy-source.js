// @ts-check
// A busy host for the dashboard: synthetic connections in real time, and how the program bears it.
import { writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { getHeapSpaceStatistics } from "node:v8";
import { header, NATURAL_LIFE_NS, ordered, PER_CONNECTION } from "./traffic.js";

const PUMP_MS = 25;

/**
 * The program's modules, built or compiled by whoever asks.
 *
 * @typedef {object} Room
 * @property {typeof import("../src/store/ring.ts").EventRing} EventRing
 * @property {typeof import("../src/session/time-cursor.ts").TimeCursor} TimeCursor
 * @property {typeof import("../src/core/fold.ts").Trace} Trace
 */

/** @typedef {{ endpoints: number, perSecond: number, fps?: number }} Load */

/**
 * Events at this rate with so many endpoints alive from the first moment on, at the pace that is
 * asked for: their lives are as short as that needs.
 *
 * @param {Load} load
 */
export function busyEvents({ endpoints, perSecond }) {
  const scale = (PER_CONNECTION * endpoints) / (NATURAL_LIFE_NS / 1e9) / perSecond;
  const events = ordered(Number.POSITIVE_INFINITY, endpoints);
  const take = () => {
    const event = events.next().value;
    return { ...event, t: Math.round(event.t * scale) };
  };
  let next = take();
  return {
    /** When all of them are alive. */
    warmNs: NATURAL_LIFE_NS * scale,
    /** The events up to a moment that have not been taken yet. @param {number} t */
    until(t) {
      const batch = [];
      for (; next.t <= t; next = take()) batch.push(next);
      return batch;
    },
  };
}

/**
 * A live source under this load.
 *
 * @param {Room} room @param {Load} load
 */
export function busySource({ EventRing, TimeCursor, Trace }, load) {
  const newTrace = () => new Trace({ seesMiniEnd: true });
  const cursor = new TimeCursor(new EventRing(), { speed: Number.POSITIVE_INFINITY, newTrace });
  const events = busyEvents(load);
  const startedAt = performance.now();
  const now = () => events.warmNs + (performance.now() - startedAt) * 1e6;
  let pushed = 0;
  const pump = () => {
    const batch = events.until(now());
    pushed += batch.length;
    cursor.take(batch);
    cursor.advance(now());
  };
  const head = header(Date.now() - events.warmNs / 1e6);
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @type {Omit<import("../src/tui/dashboard-source.ts").DashboardSource, "teller">} */
  const source = {
    mode: "live",
    header: /** @type {any} */ (head),
    cursor,
    problems: [],
    async begin() {
      timer = setInterval(pump, PUMP_MS);
    },
    async end() {
      clearInterval(timer);
      cursor.stop();
    },
    ended: new Promise(() => {}),
    options: load.fps === undefined ? {} : { fps: load.fps },
  };
  return {
    source,
    /** How the events fare: handed over, and folded. */
    counts: () => ({ pushed, taken: cursor.trace.taken }),
  };
}

/**
 * Write to a file, at each SIGUSR2, what has happened since the last one.
 *
 * @param {string} path @param {() => object} counts
 */
export function noteOnSignal(path, counts) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  let cpu = process.cpuUsage();
  let since = performance.now();
  process.on("SIGUSR2", () => {
    const { user, system } = process.cpuUsage(cpu);
    const notes = {
      ...counts(),
      seconds: (performance.now() - since) / 1000,
      cpuSeconds: (user + system) / 1e6,
      worstGapMs: delay.max / 1e6,
      usualGapMs: delay.percentile(99) / 1e6,
      unsentBytes: process.stdout.writableLength,
      youngBytes: getHeapSpaceStatistics().find((each) => each.space_name === "new_space")
        ?.space_size,
      rssBytes: process.memoryUsage().rss,
    };
    cpu = process.cpuUsage();
    since = performance.now();
    delay.reset();
    writeFileSync(path, JSON.stringify(notes));
  });
}
