// Stories of a user at the keys: every step is a key and the screen that it leads to.
import { afterEach, describe, expect, it } from "vitest";
import { closeWait } from "./close-wait.ts";
import { demoSource, HEADER, openDashboard, sourceOf, traceOf } from "./dashboard.ts";

let app: ReturnType<typeof openDashboard>;
afterEach(() => app.close());

const openDemo = async (cols = 80, rows = 24, seconds = 60) => {
  app = openDashboard(await demoSource(seconds), cols, rows);
  return app.frame();
};

describe("a user", () => {
  it("finds the leak in five keys, without knowing any: tab, tab, enter, enter", async () => {
    await openDemo();
    await app.keys("tab", "tab");
    expect(await app.keys("enter")).toMatch(/checkout-api pid \d+[\s\S]*connections in CLOSE_WAIT/);
    const told = await app.keys("enter");
    expect(told).toMatch(/has not closed \(held by\s+│\s+│ checkout-api/);
    expect(told).toMatch(/drained; the application has read the end of the stream/);
    expect(told).toMatch(/no FIN for [\d.]+s/);
  });

  it.each([
    ["who does not answer", ["3", "enter", "enter"], /FIN again, 5x in 3\.1s/],
    ["who takes the ports", ["6", "enter"], /of 28,232 local ports[\s\S]*Keep-alive or a pool/],
    ["what has just happened", ["7", "j", "j", "enter"], /▸ Teardown e\d+/],
    [
      "what it was that is over",
      ["7", "enter"],
      /▸ repeated-fin-retransmit ─[\s\S]*until 09:39:37/,
    ],
    [
      "what of one port was seen",
      ["7", "/", ..."port:9100", "enter", "e"],
      /:9100(?![\s\S]*:8080)/,
    ],
    [
      "what of one process",
      ["7", "/", ..."comm:image-proxy", "enter"],
      /image-proxy +the peer's FIN/,
    ],
    [
      "what a process holds",
      ["5", "/", ..."pid:28648", "enter", "e"],
      /image-proxy(?![\s\S]*shop-)/,
    ],
  ] as const)("finds out %s in a few keys", async (_what, keys, found) => {
    await openDemo(120, 30);
    expect(await app.keys(...keys)).toMatch(found);
  });

  it("is told what + and - and C have done", async () => {
    await openDemo(120, 30);
    expect(await app.keys("+")).toContain("6 frames a second");
    expect(await app.keys("-", "-")).toContain("2.7 frames a second");
    expect(app.dashboard.loop.fps).toBeCloseTo(8 / 3);
    expect(await app.keys("C")).toContain("theme light, as --theme light");
    expect(app.terminal.theme.name).toBe("light");
  });

  it("may type ahead of the frames, as on a slow line: no key is lost", async () => {
    await openDemo();
    for (const key of ["2", "j", "enter", "enter"]) app.dashboard.press(key);
    expect(await app.frame()).toMatch(/▸ Teardown e\d+ [\s\S]*image-proxy/);
  });

  it("reads the advice for a finding and goes on to the teardown behind it", async () => {
    await openDemo(120, 30);
    const finding = await app.keys("1", "G", "enter");
    expect(finding).toMatch(/▸ [a-z-]+ ─.*[\s\S]*> \w+/);
    expect(await app.keys("enter")).toMatch(/▸ Teardown e\d+/);
  });

  it("comes back one level with each Escape, and never leaves by it", async () => {
    await openDemo();
    const before = await app.keys("2");
    await app.keys("enter", "enter", "?");
    expect(await app.keys("escape")).toMatch(/▸ Teardown e\d+/);
    expect(await app.keys("escape")).toMatch(/▸ CLOSE_WAIT of checkout-api/);
    expect(await app.keys("escape")).toBe(before);
    await app.keys("escape", "escape");
    expect(app.doors.quit).toBe(0);
  });

  it("walks through the panels and back", async () => {
    await openDemo(120, 30);
    const focused = (text: string) => /▸ (\d) \w/.exec(text)?.[1];
    const visited: (string | undefined)[] = [];
    for (const key of ["tab", "tab", "tab", "tab", "S-tab"]) {
      visited.push(focused(await app.keys(key)));
    }
    expect(visited).toEqual(["1", "2", "3", "4", "3"]);
  });

  it("moves through the rows", async () => {
    await openDemo();
    const at = () => app.dashboard.state.selected;
    const first = at();
    await app.keys("j", "down");
    const third = at();
    await app.keys("k", "up");
    expect(at()).toBe(first);
    expect(third).not.toBe(first);
    await app.keys("G");
    const last = at();
    await app.keys("g", "g");
    expect(at()).toBe(first);
    await app.keys("end");
    expect(at()).toBe(last);
    await app.keys("home", "pagedown");
    expect(at()).not.toBe(first);
    await app.keys("pageup");
    expect(at()).toBe(first);
  });

  it("scrolls a teardown that is longer than the screen", async () => {
    await openDemo(60, 16);
    const top = await app.keys("2", "enter", "enter");
    const bottom = await app.keys("G");
    expect(bottom).not.toBe(top);
    expect(bottom).toMatch(/CLOSE_WAIT .*observed/);
    expect(await app.keys("g", "g")).toBe(top);
  });

  it("fills the screen with one panel and goes back", async () => {
    await openDemo(120, 30);
    const zoomed = await app.keys("e");
    expect(zoomed.match(/╭/g)).toHaveLength(1);
    expect((await app.keys("escape")).match(/╭/g)).toHaveLength(5);
  });

  it.each(["?", "h", "f1"])("opens the help with %s: only keys that do something", async (key) => {
    await openDemo(120, 40);
    const text = await app.keys(key);
    expect(text).toMatch(/Keys ─[\s\S]*freeze, go on/);
    expect(text).not.toMatch(/write this screen/);
    expect(await app.keys(key)).not.toMatch(/Keys ─/);
  });

  it("scrolls the help on a small screen", async () => {
    await openDemo(60, 16);
    expect(await app.keys("?")).toMatch(/more below/);
    expect(await app.keys("G")).toMatch(/quit, leave this screen behind[\s\S]*Esc closes/);
  });

  it.each([
    ["q", { quit: 1, printed: 0, suspended: 0 }],
    ["^C", { quit: 1, printed: 0, suspended: 0 }],
    ["Q", { quit: 1, printed: 1, suspended: 0 }],
    ["^Z", { quit: 0, printed: 0, suspended: 1 }],
  ])("leaves with %s", async (key, doors) => {
    await openDemo();
    await app.keys(key);
    expect(app.doors).toEqual(doors);
  });

  it("goes back to the shell out of a prompt, which is there again after it", async () => {
    await openDemo();
    const typed = await app.keys("/", "a", "^Z", "b");
    expect(app.doors).toEqual({ quit: 0, printed: 0, suspended: 1 });
    expect(typed).toMatch(/filter \/ ab/);
  });
});

describe("the filter", () => {
  const rows = (text: string) =>
    text.split("\n").filter((line) => /\d\d:\d\d:\d\d /.test(line.slice(0, 11)));

  it("narrows the lists to what matches, and says so until it is taken away", async () => {
    const before = await openDemo(120, 30);
    const typing = await app.keys("4", "/", "r", "e", "s", "e", "t");
    expect(typing).toMatch(/filter \/ reset/);
    const narrowed = await app.keys("enter");
    expect(rows(narrowed).length).toBeGreaterThan(0);
    for (const row of rows(narrowed)) expect(row).toMatch(/reset-(sent|received)/);
    expect(narrowed).toMatch(/\n \/reset\/ {2}/);
    const inverted = await app.keys("!");
    expect(inverted).toContain("!/reset/");
    for (const row of rows(inverted)) expect(row).not.toMatch(/reset-/);
    expect(rows(await app.keys("escape"))).toEqual(rows(before));
  });

  it("types every key, q and space too, and leaves with Escape", async () => {
    await openDemo();
    expect(await app.keys("/", "q", "space", "?")).toContain("filter / q ?");
    await app.keys("escape");
    expect(app.doors.quit).toBe(0);
    expect(app.dashboard.state.filter).toBeNull();
    expect(app.dashboard.isPaused).toBe(false);
  });

  it("says what is wrong while it is typed, and takes it when it is right", async () => {
    await openDemo();
    expect(await app.keys("/", "(", "enter")).toMatch(/filter \/ \( .*no regular expression: \(/);
    expect(await app.keys("a", ")", "enter")).toContain("/(a)/");
  });

  it("is cut where it is long, and the account of the trace never", async () => {
    await openDemo(80, 24);
    app.dashboard.press("/");
    for (const ch of "state:CLOSE_WAIT pid:28627 !comm:curl age>30s remote:10 addr:127.0") {
      app.dashboard.press(ch, ch);
    }
    const last = (await app.keys("enter")).split("\n").at(-1);
    expect(last).toMatch(/^ \/state:CLOSE_WAIT pid:28627 .*… .*● complete$/);
  });

  it("says that nothing passes", async () => {
    await openDemo();
    expect(await app.keys("/", "^", "$", "enter")).toContain("none of the recent teardowns passes");
  });
});

describe("the selection", () => {
  it("stays on its endpoint when newer ones come", async () => {
    const trace = traceOf([closeWait(0, 1e9), closeWait(1, 2e9)], 3e9);
    app = openDashboard(sourceOf(trace), 80, 24);
    await app.frame();
    await app.keys("j");
    expect(app.dashboard.state.selected).toBe("e1");
    for (let i = 2; i < 40; i++) trace.step(closeWait(i, 3e9 + i));
    await app.frame();
    expect(app.dashboard.state.selected).toBe("e1");
    expect(await app.keys("enter")).toContain("Teardown e1");
  });
});

describe("the order of a list", () => {
  const times = (text: string) => [
    ...text.matchAll(/^│.(\d\d:\d\d:\d\d) .* ([\d.]+m?s) .{0,2}$/gm),
  ];
  const took = (text: string) => {
    const ms = (t: string) => Number.parseFloat(t) * (t.endsWith("ms") ? 1 : 1000);
    return times(text).map(([, , t]) => ms(t ?? ""));
  };

  it("is chosen from a menu, turned round, and changed from column to column", async () => {
    await openDemo(120, 30);
    const own = await app.keys("4");
    const menu = await app.keys("s");
    expect(menu).toMatch(/Sort by[\s\S]*the list's own order[\s\S]*took/);
    const longest = took(await app.keys("G", "enter"));
    expect(longest).toEqual([...longest].sort((a, b) => b - a));
    expect(longest[0]).toBeGreaterThan(1000);
    const shortest = took(await app.keys("R"));
    expect(shortest).toEqual([...shortest].sort((a, b) => a - b));
    expect(await app.keys(">")).toBe(own);
    expect(await app.keys("<")).toContain("TOOK▼");
    expect(await app.keys("s")).toContain("Sort by");
    expect(await app.keys("escape")).not.toContain("Sort by");
  });
});

describe("the order of every list", () => {
  /** The numbers that stand under a title, and how they are ordered. */
  const column = (text: string, title: string) => {
    const [header = "", ...rows] = text.split("\n").slice(2, -2);
    const mark = new RegExp(`([▲▼]?)${title}([▲▼]?)`).exec(header);
    const end = (mark?.index ?? 0) + (mark?.[0].length ?? 0);
    const numbers = rows.map((row) => /([\d,]+)$/.exec(row.slice(0, end))?.[1]);
    return {
      mark: mark?.[1] || mark?.[2] || "",
      values: numbers.flatMap((n) => (n === undefined ? [] : [Number(n.replace(",", ""))])),
    };
  };

  it.each([
    ["1", "COUNT"],
    ["2", "COUNT"],
    ["3", "CONNS"],
    ["5", "PID"],
    ["6", "TIME_WAIT"],
  ])("%s, can be by %s", async (panel, title) => {
    await openDemo(120, 30);
    const menu = await app.keys(panel, "e", "s");
    expect(menu).toMatch(/Sort by[\s\S]*the list's own order/);
    let text = await app.keys("escape");
    for (let i = 0; i < 8 && column(text, title).mark === ""; i++) text = await app.keys(">");
    const [one, other] = [column(text, title), column(await app.keys("R"), title)];
    const [down, up] = one.mark === "▼" ? [one, other] : [other, one];
    expect([down.mark, up.mark]).toEqual(["▼", "▲"]);
    expect(down.values.length).toBeGreaterThan(1);
    expect(down.values).toEqual(down.values.toSorted((a, b) => b - a));
    expect(up.values).toEqual(up.values.toSorted((a, b) => a - b));
  });
});

describe("following", () => {
  it("keeps a row wherever it goes, says where it is not, and ends with a motion", async () => {
    const trace = traceOf([closeWait(0, 1e9), closeWait(1, 2e9)], 3e9);
    app = openDashboard(sourceOf(trace), 120, 30);
    await app.frame();
    expect(app.dashboard.state.selected).toBe("e2");
    expect(await app.keys("F")).toContain("following e2");
    trace.step(closeWait(2, 4e9));
    await app.frame();
    expect(app.dashboard.state.selected).toBe("e2");
    expect(await app.keys("/", "1", "0", "2", "6", "enter")).toContain("e2 (not in this list)");
    await app.keys("/");
    await app.press("\x15");
    await app.keys("enter");
    expect(app.dashboard.state.selected).toBe("e2");
    expect(await app.keys("k")).not.toContain("following");
  });
});

describe("a frame", () => {
  it("never walks all endpoints", async () => {
    const trace = traceOf([closeWait(0, 1e9)], 2e9);
    const refuse = () => {
      throw new Error("walked all endpoints");
    };
    Object.assign(trace, { endpoints: refuse, summary: refuse });
    app = openDashboard(sourceOf(trace), 200, 60);
    expect(await app.keys("space", "space", "1", "2", "3", "4", "enter")).toContain("Teardown e1");
  });
});

describe("names of others", () => {
  it("reach the screen as text alone, wherever they stand", async () => {
    const evil = "{red-fg}x\x1b[2J\n\u202e数";
    const trace = traceOf([closeWait(0, 1e9)], 2e9);
    const pid = 4242;
    trace.step({
      type: "open",
      t: 3e9,
      how: "accept",
      netns: 1,
      sk: closeWait(0, 0).sk,
      pid,
      comm: evil,
      fd: 5,
    });
    trace.step({
      type: "process",
      t: 3e9,
      pid,
      startTicks: 1,
      comm: evil,
      exe: evil,
      cmdline: `${evil} --token`,
      uid: 0,
      unit: evil,
      container: evil,
      fdLimit: 1024,
      fdCount: 3,
    });
    trace.advance(30e9);
    const header = { ...HEADER, hostname: evil, kernel: evil, filters: { [evil]: evil } };
    const problems = [evil];
    const source = sourceOf(trace, { problems }, header);
    app = openDashboard(source, 200, 60);
    app.takeWritten();
    const screens = [await app.frame()];
    for (const key of ["1", "enter", "enter", "2", "enter", "enter", "?"])
      screens.push(await app.keys(key));
    for (const text of screens) {
      expect(text.split("\n")).toHaveLength(60);
      expect(text).toContain("{red-fg}x\\x1b[2J\\n\\u{202e}数");
    }
    expect(app.takeWritten()).not.toContain("\u202e");
  });
});
