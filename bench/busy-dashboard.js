// @ts-check
// The built dashboard over a busy host, in a terminal; `dashboard.js` runs it and asks it how it fares.
//
// Arguments: the file for its notes, endpoints, events a second, and `blind` to draw nothing.
import { busySource, noteOnSignal } from "./busy-source.js";

/** The built program; by URL, so that types can be checked before it is built. @param {string} path */
const built = (path) => import(new URL(`../dist/${path}`, import.meta.url).href);
const { showDashboard } = await built("cli/screen.js");
const { Trace } = await built("core/fold.js");
const { TimeCursor } = await built("session/time-cursor.js");
const { EventRing } = await built("store/ring.js");
const { keepPausesShort } = await built("tui/short-pauses.js");

const [path = "", endpoints = "", perSecond = "", how = ""] = process.argv.slice(2);
const load = { endpoints: Number(endpoints), perSecond: Number(perSecond) };
const { source, counts } = busySource({ EventRing, TimeCursor, Trace }, load);
noteOnSignal(path, counts);
if (how === "blind") {
  keepPausesShort();
  await source.begin();
} else process.exitCode = await showDashboard(source);
