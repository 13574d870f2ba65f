// @ts-check
// The views of the dashboard as tests and pictures show them: where, how large, by which keys.

/** A moment of the bundled recording, seconds: FINs are re-sent, connections leak, ports wait. */
export const MOMENT = 58;

/** The sizes that a layout is made for, the compact one aside. */
export const SIZES = /** @type {const} */ ([
  [80, 24],
  [120, 30],
  [160, 45],
  [200, 60],
]);

/** Every view, and the keys that lead to it from the overview. */
export const VIEWS = /** @type {const} */ ({
  overview: [],
  findings: ["1", "e"],
  finding: ["1", "enter"],
  owners: ["2", "e"],
  owner: ["2", "enter"],
  peers: ["3", "e"],
  teardowns: ["4", "e"],
  endpoints: ["5", "e"],
  ports: ["6", "e"],
  port: ["6", "enter"],
  log: ["7", "e"],
  teardown: ["2", "enter", "enter"],
  resends: ["3", "enter", "enter"],
  help: ["?"],
});

/**
 * A cursor that shows a trace and goes nowhere.
 *
 * @param {import("../src/core/fold.ts").Trace} trace
 * @returns {import("../src/tui/dashboard-source.ts").TimeCursor}
 */
export function standingCursor(trace) {
  return {
    trace,
    isPaused: false,
    progress: null,
    get aimNs() {
      return trace.now;
    },
    ahead: 0,
    oldestNs: 0,
    get newestNs() {
      return trace.now;
    },
    isBeginningGone: false,
    pause() {},
    resume() {},
    step() {},
    seek() {},
  };
}
