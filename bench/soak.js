// @ts-check
// An hour of a busy host on the dashboard, played as fast as it goes: memory must come to rest.
//
// Run with --expose-gc.
import { busyEvents } from "./busy-source.js";
import { figure, save } from "./measure.js";
import { sheetOf } from "./paper.js";
import { header } from "./traffic.js";

/** The built program; by URL, so that types can be checked before it is built. @param {string} path */
const built = (path) => import(new URL(`../dist/${path}`, import.meta.url).href);
const { Trace } = await built("core/fold.js");
const { tellerOf } = await built("export/teller.js");
const { TimeCursor } = await built("session/time-cursor.js");
const { EventRing } = await built("store/ring.js");
const { Dashboard } = await built("tui/app-dashboard.js");
const { glyphsFor } = await built("tui/glyphs.js");
const { Grid } = await built("tui/grid.js");
const { Painter } = await built("tui/painter.js");
const { createTheme } = await built("tui/theme.js");

const MINUTES = Number(process.env.BENCH_SOAK_MINUTES ?? 60);
const LOAD = { endpoints: 10_000, perSecond: 1000 };
/** Full after seven minutes. */
const HISTORY = 16 * 1024 * 1024;
const VIEWS = ["1", "2", "3", "4", "5", "6", "7"];

const events = busyEvents(LOAD);
const newTrace = () => new Trace({ seesMiniEnd: true });
const store = new EventRing({ maxBytes: HISTORY, maxEvents: Number.POSITIVE_INFINITY });
const cursor = new TimeCursor(store, { speed: Number.POSITIVE_INFINITY, newTrace });
const head = header(Date.now());
const sheet = sheetOf({ Grid, Painter }, createTheme("dark", 256, glyphsFor("full")), 200, 60);
const source = {
  mode: "live",
  header: head,
  cursor,
  teller: tellerOf(head.startedAt, cursor),
  problems: [],
  begin: async () => {},
  end: async () => {},
  ended: new Promise(() => {}),
  options: {},
};
const dashboard = new Dashboard(sheet.display, source, { quit() {}, suspend() {} });

/** @type {{ heap: number, rss: number }[]} */
const minutes = [];
let frames = 0;
for (let second = 1; second <= MINUTES * 60; second++) {
  const t = events.warmNs + second * 1e9;
  cursor.take(events.until(t));
  cursor.advance(t);
  while (cursor.trace.now < t) await new Promise((resolve) => setImmediate(resolve));
  if (second % 7 === 0) dashboard.press(VIEWS[(second / 7) % VIEWS.length]);
  sheet.draw(dashboard);
  frames++;
  if (second % 60 !== 0) continue;
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  minutes.push({ heap: heapUsed / 1e6, rss: rss / 1e6 });
  if (minutes.length % 10 !== 0) continue;
  const at = `minute ${minutes.length}`.padEnd(10);
  const [heap, resident] = [heapUsed, rss].map((bytes) => `${Math.round(bytes / 1e6)} MB`);
  process.stdout.write(`${at} heap ${heap}, resident ${resident}\n`);
}
cursor.stop();
const early = /** @type {{ heap: number, rss: number }} */ (minutes[Math.floor(MINUTES / 3) - 1]);
const late = /** @type {{ heap: number, rss: number }} */ (minutes.at(-1));
process.stdout.write(`${store.end} events, ${frames} frames, ${store.dropped} dropped for room\n`);
figure(
  `heap after ${MINUTES} minutes over that after a third of them`,
  [late.heap / early.heap],
  "",
  "at most 1.1",
  (ratio) => ratio <= 1.1,
);
figure("resident memory, the same", [late.rss / early.rss], "", "", null);
figure("heap at the end", [late.heap], "MB", "", null);
figure("resident memory at the end", [late.rss], "MB", "", null);
save("Soak");
