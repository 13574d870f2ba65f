// Stories of a user who goes back in time: over a live trace and over a recording, which are one thing.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { Playback } from "../../src/session/playback.ts";
import { readTrace } from "../../src/session/read-trace.ts";
import { ScreenExports } from "../../src/session/screen-exports.ts";
import { closeWait } from "./close-wait.ts";
import { DEMO, HEADER, openDashboard, sourceOf, travelSource } from "./dashboard.ts";

const PATIENCE = { timeout: 60_000, interval: 10 };
const directory = mkdtempSync(join(tmpdir(), "lastack-keys-"));

let app: ReturnType<typeof openDashboard>;
let stop = () => {};
afterEach(() => {
  app.close();
  stop();
  for (const file of readdirSync(directory)) rmSync(join(directory, file));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Press keys, and wait after each until the cursor has arrived. */
async function go(...keys: string[]): Promise<string> {
  let text = "";
  for (const key of keys) {
    await app.keys(key);
    const { cursor } = app.dashboard.source;
    await vi.waitFor(() => expect(cursor.progress).toBeNull(), PATIENCE);
    text = await app.frame();
  }
  return text;
}

async function live(events: readonly TraceEvent[], until: number) {
  const travel = travelSource(events, until);
  const { cursor } = travel;
  const exports = new ScreenExports({ ...travel, header: HEADER }, directory);
  const { maskAddress, exportRange, exportText } = exports;
  const changes = { cursor, maskAddress, exportRange, exportText };
  app = openDashboard(sourceOf(cursor.trace, changes), 120, 30);
  stop = () => cursor.stop();
  await vi.waitFor(() => expect(cursor.trace.now).toBe(until), PATIENCE);
  await app.frame();
  return travel;
}

const SOME = Array.from({ length: 60 }, (_, i) => closeWait(i, (i + 1) * 1e9));

describe("a live view", { timeout: 180_000 }, () => {
  it("stands still while events are collected, counts them, and goes on at the newest", async () => {
    const { cursor } = await live(SOME.slice(0, 1), 2e9);
    const frozen = await go("space");
    expect(frozen).toMatch(/PAUSED {2}.*testhost.*\+2\.0s/);
    cursor.take(Array.from({ length: 1234 }, (_, i) => closeWait(i + 1, 2e9 + i * 1e6)));
    cursor.advance(20e9);
    const later = await app.frame();
    expect(later).toContain("PAUSED +1,234 events");
    const body = (text: string) => text.split("\n").slice(1, -1).join("\n");
    expect(body(later)).toBe(body(frozen));
    await app.keys("space");
    await vi.waitFor(() => expect(cursor.trace.now).toBe(20e9), PATIENCE);
    const newest = await app.frame();
    expect(newest).toMatch(/LIVE .*\+20\.0s/);
    expect(newest).toMatch(/W CLOSE_WAIT {4}1\.2k/);
  });

  it("is paused by going back: by events, seconds and minutes, to a time, to both ends", async () => {
    await live(SOME, 70e9);
    const at = () => app.dashboard.source.cursor.trace.now / 1e9;
    expect(await go("T")).toMatch(/PAUSED \+1 event /);
    expect(at()).toBe(59);
    await go("T", "T", "t");
    expect(at()).toBe(58);
    await go("[", "[", "]");
    expect(at()).toBe(57);
    await go("{");
    expect(at()).toBe(0);
    await go("}");
    expect(at()).toBe(60);
    const asked = await go("b");
    expect(asked).toContain("go to");
    expect(await go("+", "1", "0", ".", "5", "s")).toContain("05:00:10 UTC");
    expect(await go("enter")).toMatch(/W CLOSE_WAIT {5}10/);
    expect(at()).toBe(10.5);
    await go("b", ..."05:00:33", "enter");
    expect(at()).toBe(33);
    expect(await go("b", ..."-2s", "enter")).toContain("PAUSED");
    expect(at()).toBe(68);
    expect(await go("b", ..."soon")).toContain("no time: 09:38:57, -10s, +1m or an ISO 8601");
    await go("escape");
    expect(await go("b", ..."07:00:00")).toContain("runs from");
    await go("enter", "escape");
    expect(at()).toBe(68);
    await go("r");
    expect(at()).toBe(0);
    expect(await go("Z")).toContain("LIVE");
    expect(at()).toBe(70);
  });

  it("shows in the chart what came before the moment and after it", async () => {
    await live(SOME, 70e9);
    const axis = (text: string) => /0└(.*)/.exec(text)?.[1]?.split("│")[0] ?? "";
    expect(axis(await app.frame())).toMatch(/05:01:10 *$/);
    const back = await go("b", ..."05:00:33", "enter");
    expect(axis(back)).toMatch(/05:00:33▲─*(\+\d+s)? *$/);
    expect(back).toMatch(/transitions\/s +1 *[▁-█]+│[▁-█]+ /);
    const plot = back
      .split("\n")
      .slice(2, 8)
      .map((line) => line.slice(27, 52));
    expect(plot.some((line) => /█+.$/.test(line.trimEnd()))).toBe(true);
    expect(axis(await go("Z"))).toMatch(/05:01:10 *$/);
  });

  it("says where the history begins when its beginning has been dropped", async () => {
    const travel = travelSource([], 0, 2000);
    const { cursor } = travel;
    app = openDashboard(sourceOf(cursor.trace, { cursor }), 120, 30);
    stop = () => cursor.stop();
    for (let at = 0; at < 6000; at += 500) {
      cursor.take(Array.from({ length: 500 }, (_, i) => closeWait(at + i, 1e9 + (at + i) * 1e7)));
      await vi.waitFor(() => expect(cursor.trace.taken).toBe(at + 500), PATIENCE);
    }
    expect(await go("r")).toMatch(/history begins at 05:0\d:\d\d; what is older was dropped/);
  });
});

describe("the incident", { timeout: 180_000 }, () => {
  /** The bundled recording, as if it were live: all of it is there at once. */
  async function openDemo(cols = 120, rows = 40) {
    const playback = await Playback.start(DEMO, { speed: Number.POSITIVE_INFINITY });
    const { cursor, header } = playback;
    const { maskAddress, exportRange, exportText } = new ScreenExports(playback, directory);
    await playback.ended;
    const changes = { mode: "demo" as const, cursor, maskAddress, exportRange, exportText };
    app = openDashboard(sourceOf(cursor.trace, changes, header), cols, rows);
    stop = () => playback.stop();
    await app.frame();
    return playback;
  }

  const written = async () => {
    await vi.waitFor(async () => expect(await app.frame()).toContain("written: "), PATIENCE);
    const [file = ""] = readdirSync(directory);
    expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);
    return join(directory, file);
  };

  it("is found by pausing and stepping back, exported with one key, and replays alone", async () => {
    const { cursor } = await openDemo();
    await go("space", "{", "1", "g", "g");
    expect(cursor.isPaused).toBe(true);
    const id = app.dashboard.state.selected;
    const finding = cursor.trace.findings().find((each) => each.id === id);
    await app.keys("w");
    const path = await written();
    expect(path).toContain(`lastack-${finding?.kind}-`);
    const { trace, header } = await readTrace(path);
    const again = trace
      .findings()
      .find(({ kind, key }) => kind === finding?.kind && key === finding?.key);
    expect(again).toMatchObject({ since: finding?.since, subject: finding?.subject });
    expect(header.slice).toMatchObject({ to: cursor.trace.now });
  });

  it("is exported as the window that is shown where none is selected", async () => {
    const { cursor } = await openDemo();
    await go("[", "4");
    await app.keys("w");
    const { trace } = await readTrace(await written());
    expect(trace.summary().endpoints).toBe(cursor.trace.summary().endpoints);
    expect([...trace.endpoints()].map(({ verdict }) => verdict)).toEqual(
      [...cursor.trace.endpoints()].map(({ verdict }) => verdict),
    );
  });

  it("hides its addresses with one key, on every screen and in what is written", async () => {
    const { cursor } = await openDemo(200, 60);
    const secret = new Set<string>();
    for (const { tuple } of cursor.trace.endpoints()) {
      for (const address of [tuple.local, tuple.remote]) {
        const plain = address.replace("::ffff:", "");
        if (!/^127\.|^::1?$|^0\.0\.0\.0$/.test(plain)) secret.add(plain);
      }
    }
    expect(secret.size).toBeGreaterThan(5);
    const leaks = (text: string) =>
      [...secret].filter((each) =>
        new RegExp(`(?<![\\w.:])${each.replaceAll(".", "\\.")}(?![\\w.])`).test(text),
      );
    expect(leaks(await app.frame()).length).toBeGreaterThan(0);
    expect(await go("P")).toContain("MASKED");
    for (const panel of ["1", "2", "3", "4", "5", "6", "7"]) {
      for (const key of [panel, "enter", "enter", "escape", "escape"]) {
        expect(leaks(await go(key)), `${panel} ${key}`).toEqual([]);
      }
    }
    await app.keys("w");
    expect(leaks(readFileSync(await written(), "utf8"))).toEqual([]);
    expect(leaks(await go("P")).length).toBeGreaterThan(0);
  });

  it("leaves its screen in a file as text", async () => {
    await openDemo();
    await app.keys("x");
    const path = await written();
    const text = readFileSync(path, "utf8");
    expect(path).toMatch(/lastack-screen-\d{8}T\d{6}Z\.txt$/);
    expect(text.split("\n")).toHaveLength(41);
    expect(text).toContain("Endpoints by state");
    await app.keys("x");
    await vi.waitFor(() => expect(readdirSync(directory)).toHaveLength(2), PATIENCE);
  });

  it("says why nothing was written", async () => {
    const playback = await openDemo();
    app.close();
    const { exportRange, exportText } = new ScreenExports(playback, "/nonexistent");
    const source = { cursor: playback.cursor, exportRange, exportText };
    app = openDashboard(sourceOf(playback.cursor.trace, source, playback.header), 160, 45);
    await app.keys("x");
    await vi.waitFor(
      async () => expect(await app.frame()).toContain("its directory is not there"),
      PATIENCE,
    );
  });
});

describe("a recording that plays", { timeout: 180_000 }, () => {
  it("stands still with Space, goes on from there, and says at its end that it is over", async () => {
    const playback = await Playback.start(DEMO, { speed: 20 });
    stop = () => playback.stop();
    const { cursor, header, ended } = playback;
    const source = { mode: "replay" as const, cursor, speed: 20, ended: ended.then(() => null) };
    app = openDashboard(sourceOf(cursor.trace, source, header), 120, 30);
    await vi.waitFor(() => expect(cursor.trace.taken).toBeGreaterThan(50), PATIENCE);
    expect(await app.frame()).toContain("REPLAY 20x");
    const paused = await go("space");
    const { now } = cursor.trace;
    // The clock goes on without it: while the view stands still, reading has come to the end.
    await vi.waitFor(() => expect(cursor.newestNs).toBeGreaterThan(88e9), PATIENCE);
    expect(cursor.trace.now).toBe(now);
    expect(paused).toMatch(/PAUSED {2}/);
    await app.keys("space");
    await vi.waitFor(() => expect(cursor.trace.now).toBeGreaterThan(now), PATIENCE);
    await go("Z");
    expect(cursor.trace.now).toBe(cursor.newestNs);
    await app.keys("space");
    await ended;
    await vi.waitFor(async () => expect(await app.frame()).toContain("end of recording"), PATIENCE);
  });
});

describe("the mouse", { timeout: 180_000 }, () => {
  it("is off until it is asked for; then a click selects, another opens, the wheel moves", async () => {
    await live(SOME, 70e9);
    await app.keys("4");
    const click = (x: number, y: number) => `\x1b[<0;${x};${y}M\x1b[<0;${x};${y}m`;
    const row = (text: string, needle: string) =>
      text.split("\n").findIndex((line) => line.includes(needle)) + 1;
    const target = row(await app.frame(), "10.0.0.2:1078");
    expect(target).toBeGreaterThan(0);
    app.takeWritten();
    await app.press(click(10, target));
    expect(app.dashboard.state.selected).toBe("e60");
    await app.keys("m");
    expect(app.takeWritten()).toContain("\x1b[?1000h");
    await app.press(click(10, target));
    expect(app.dashboard.state.selected).toBe("e55");
    await app.press("\x1b[<65;10;25M");
    expect(app.dashboard.state.selected).toBe("e52");
    await app.press(click(10, row(await app.frame(), "10.0.0.2:1075")));
    expect(await app.frame()).toContain("Teardown e52");
    await app.keys("escape", "m");
    expect(app.takeWritten()).toContain("\x1b[?1000l");
  });
});
