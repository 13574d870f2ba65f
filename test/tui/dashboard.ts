// Opens the real dashboard over a recording, or over events, on an emulated terminal.
import { fileURLToPath } from "node:url";
import { standingCursor } from "../../bench/views.js";
import { Trace } from "../../src/core/fold.ts";
import type { RecordingHeader } from "../../src/event/recording.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { tellerOf } from "../../src/export/teller.ts";
import { readTrace } from "../../src/session/read-trace.ts";
import { TimeCursor as StoreCursor } from "../../src/session/time-cursor.ts";
import { EventRing } from "../../src/store/ring.ts";
import { Dashboard } from "../../src/tui/app-dashboard.ts";
import type { DashboardSource } from "../../src/tui/dashboard-source.ts";
import { type MountOptions, mount } from "./harness.ts";

/** The bundled recording. */
export const DEMO = fileURLToPath(new URL("../recordings/demo.ndjson", import.meta.url));

/** A header for events that a test makes. */
export const HEADER: RecordingHeader = {
  type: "header",
  schema: 1,
  program: "lastack",
  version: "0.0.0-test",
  startedAt: "2026-11-21T05:00:00.000000000Z",
  bootId: "00000000-0000-0000-0000-000000000000",
  hostname: "testhost",
  kernel: "6.18.0",
  bpftrace: "0.17.0",
  probes: [],
  detail: "transitions",
  filters: {},
  sysctls: {},
  origin: "synthetic",
};

/** A source with the real texts; `changes` are what the test is about. */
export function sourceOf(
  trace: Trace,
  changes: Partial<DashboardSource> = {},
  header: RecordingHeader = HEADER,
): DashboardSource {
  return {
    mode: "live",
    header,
    cursor: standingCursor(trace),
    teller: tellerOf(header.startedAt, { trace }),
    problems: [],
    begin: async () => {},
    end: async () => {},
    ended: new Promise(() => {}),
    options: {},
    ...changes,
  };
}

/** A store with a real cursor over it, as the live command has it. */
export function travelSource(events: readonly TraceEvent[], until: number, maxEvents = 1 << 30) {
  const store = new EventRing({ maxBytes: 1 << 30, maxEvents });
  const newTrace = () => new Trace();
  const cursor = new StoreCursor(store, { speed: Number.POSITIVE_INFINITY, newTrace });
  cursor.take(events);
  cursor.advance(until);
  return { store, cursor, newTrace };
}

/** The bundled recording up to a moment, seconds after its start; its end when absent. */
export async function demoSource(
  seconds = Number.POSITIVE_INFINITY,
  changes: Partial<DashboardSource> = {},
): Promise<DashboardSource> {
  const { trace, header } = await readTrace(DEMO, { until: seconds * 1e9 });
  return sourceOf(trace, { mode: "demo", ...changes }, header);
}

/** A trace of events that a test makes. */
export function traceOf(events: Iterable<TraceEvent>, until = 0): Trace {
  const trace = new Trace();
  for (const event of events) trace.step(event);
  trace.advance(until);
  return trace;
}

/** Open the dashboard; every `press` draws a frame, as the loop would. */
export function openDashboard(
  source: DashboardSource,
  cols: number,
  rows: number,
  options: MountOptions = {},
) {
  const screen = mount(cols, rows, options);
  const doors = { quit: 0, printed: 0, suspended: 0 };
  const dashboard = new Dashboard(screen.terminal, source, {
    quit(printsScreen) {
      doors.quit++;
      if (printsScreen) doors.printed++;
    },
    suspend: () => void doors.suspended++,
  });
  const draw = async () => {
    await screen.draw((painter) => dashboard.paint(painter));
    return screen.text();
  };
  return {
    ...screen,
    dashboard,
    doors,
    /** Draw a frame and return the screen's text. */
    frame: draw,
    /** Press keys, each drawn, and return the screen's text; names for the keys without a letter. */
    async keys(...names: string[]) {
      let text = "";
      for (const name of names) {
        // A lone Escape is held back for a while, as it may begin another key; see term-input.
        if (name === "escape") dashboard.press(name);
        else await screen.press(SEQUENCES[name] ?? name);
        text = await draw();
      }
      return text;
    },
  };
}

const SEQUENCES: Readonly<Record<string, string>> = {
  enter: "\r",
  tab: "\t",
  "S-tab": "\x1b[Z",
  space: " ",
  up: "\x1b[A",
  down: "\x1b[B",
  home: "\x1b[H",
  end: "\x1b[F",
  pageup: "\x1b[5~",
  pagedown: "\x1b[6~",
  f1: "\x1bOP",
  "^C": "\x03",
  "^Z": "\x1a",
};
