// One stroke is one key, however its bytes arrive, and one key is one action.
import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createKeyDispatcher } from "../../src/tui/key-dispatch.ts";
import { KEY_TABLE } from "../../src/tui/keys.ts";
import { spokenKey } from "../../src/tui/spoken-key.ts";
import { createKeyInput, ESCAPE_HOLD_MS } from "../../src/tui/term-input.ts";
import { type Mounted, mount } from "./harness.ts";

let mounted: Mounted | null = null;

function listen() {
  const screen = mount(80, 24);
  mounted = screen;
  const keys: string[] = [];
  screen.terminal.onKey((key) => keys.push(key));
  return { screen, keys };
}

afterEach(() => {
  vi.useRealTimers();
  mounted?.close();
  mounted = null;
});

describe("keys from a terminal", () => {
  it.each([
    ["\r", ["enter"]],
    ["\n", ["enter"]],
    ["q", ["q"]],
    ["G", ["G"]],
    ["?", ["?"]],
    ["{", ["{"]],
    [" ", ["space"]],
    ["\t", ["tab"]],
    ["\x1b[Z", ["S-tab"]],
    ["\x03", ["C-c"]],
    ["\x1a", ["C-z"]],
    ["\x15", ["C-u"]],
    ["\x7f", ["backspace"]],
    ["\x1b[A", ["up"]],
    ["\x1bOB", ["down"]],
    ["\x1b[5~", ["pageup"]],
    ["\x1b[H", ["home"]],
    ["\x1bOP", ["f1"]],
    ["\x1b[11~", ["f1"]],
    ["\x1b[[A", ["f1"]],
    ["\x1b[15~", ["f5"]],
    ["é", ["é"]],
    ["gg", ["g", "g"]],
    ["jk\x1b[Bq", ["j", "k", "down", "q"]],
    ["\x1b[200;7z", []],
    ["\x1b[?62;22cq", ["q"]],
    ["\x1b]11;rgb:ffff/ffff/ffff\x07q", ["q"]],
    ["\x1bP1$r0m\x1b\\q", ["q"]],
    ["\x1b[I\x1b[O", []],
  ])("%j is %j", async (bytes, expected) => {
    const { screen, keys } = listen();
    await screen.press(bytes);
    expect(keys).toEqual(expected);
  });

  it.each([
    [["\x1b", "[A"], ["up"]],
    [["\x1b[", "B"], ["down"]],
    [["\x1bO", "P"], ["f1"]],
    [["\x1b[1", "5", "~"], ["f5"]],
    [
      ["\x1b", "[", "5", "~q"],
      ["pageup", "q"],
    ],
    [
      ["j\x1b", "[Ak"],
      ["j", "up", "k"],
    ],
  ])("joins the reads %j to %j", async (reads, expected) => {
    const { screen, keys } = listen();
    await screen.press(...reads);
    expect(keys).toEqual(expected);
  });

  it("reads clicks and the wheel only while the mouse is on", async () => {
    const { screen, keys } = listen();
    const seen: unknown[] = [];
    screen.terminal.onMouse((event) => seen.push(event));
    await screen.settle();
    screen.takeWritten();
    screen.terminal.setMouse(true);
    screen.terminal.setMouse(true);
    await screen.settle();
    expect(screen.takeWritten()).toBe("\x1b[?1000h\x1b[?1006h");
    await screen.press("\x1b[<0;5;3M", "\x1b[<0;5;3m", "\x1b[<64;1;1M", "\x1b[<65;1", ";1M");
    expect(seen).toEqual([
      { action: "press", x: 4, y: 2 },
      { action: "wheel-up", x: 0, y: 0 },
      { action: "wheel-down", x: 0, y: 0 },
    ]);
    expect(keys).toEqual([]);
    screen.terminal.setMouse(false);
    await screen.settle();
    expect(screen.takeWritten()).toBe("\x1b[?1006l\x1b[?1000l");
  });
});

describe("createKeyInput", () => {
  it("lets a lone Escape act after a moment, and not before", () => {
    vi.useFakeTimers();
    const source = new PassThrough();
    const input = createKeyInput(source);
    const read = () => input.read()?.toString() ?? "";
    source.emit("data", Buffer.from("\x1b"));
    vi.advanceTimersByTime(ESCAPE_HOLD_MS - 1);
    expect(read()).toBe("");
    vi.advanceTimersByTime(1);
    expect(read()).toBe("\x1b");
    source.emit("data", Buffer.from("\x1b"));
    vi.advanceTimersByTime(ESCAPE_HOLD_MS - 1);
    source.emit("data", Buffer.from("[A"));
    expect(read()).toBe("\x1b[A");
  });

  it("holds no more than a sequence can be long", () => {
    const source = new PassThrough();
    const input = createKeyInput(source);
    source.emit("data", Buffer.from(`\x1b]${"x".repeat(10_000)}`));
    expect(input.read()?.length).toBeGreaterThan(9000);
  });

  it("keeps UTF-8 that is torn apart whole", () => {
    const source = new PassThrough();
    const input = createKeyInput(source);
    const bytes = Buffer.from("é数");
    for (const byte of bytes) source.emit("data", Buffer.from([byte]));
    expect(Buffer.concat([input.read()]).equals(bytes)).toBe(true);
  });
});

describe("the key table", () => {
  it("gives no key two meanings in one place, and no sequence a key of its own", () => {
    for (const context of ["panels", "overlay"] as const) {
      const keys = KEY_TABLE.filter((b) => !b.contexts || b.contexts.includes(context)).flatMap(
        (b) => b.keys,
      );
      expect(new Set(keys).size).toBe(keys.length);
      for (const key of keys.filter((k) => k.includes(" "))) {
        expect(keys).not.toContain(key.split(" ")[0]);
      }
    }
    expect(new Set(KEY_TABLE.map((b) => b.action)).size).toBe(KEY_TABLE.length);
  });

  it("writes keys as people read them", () => {
    expect(["C-c", "g g", "pageup", "f1", "S-tab", "?"].map(spokenKey)).toEqual([
      "^C",
      "gg",
      "PgUp",
      "F1",
      "S-Tab",
      "?",
    ]);
  });
});

describe("createKeyDispatcher", () => {
  it("runs the handler of a key, and nothing for a key without one", () => {
    const keys = createKeyDispatcher();
    const quit = vi.fn();
    keys.on("quit", quit);
    keys.on("interrupt", quit);
    expect(keys.press("q")).toBe("quit");
    expect(keys.press("C-c")).toBe("interrupt");
    expect(keys.press("?")).toBeNull();
    expect(quit).toHaveBeenCalledTimes(2);
  });

  it("waits for the second key of a sequence and takes it alone if they mean nothing", () => {
    const keys = createKeyDispatcher();
    const done: string[] = [];
    keys.on("top", () => done.push("top"));
    keys.on("down", () => done.push("down"));
    expect(["g", "g", "g", "j", "g", "x", "j"].map((key) => keys.press(key))).toEqual([
      null,
      "top",
      null,
      "down",
      null,
      null,
      "down",
    ]);
    expect(done).toEqual(["top", "down", "down"]);
  });

  it("keeps keys of the panels away from an overlay", () => {
    const keys = createKeyDispatcher();
    keys.on("filter", () => {});
    keys.on("back", () => {});
    expect(keys.press("/", "overlay")).toBeNull();
    expect(keys.press("escape", "overlay")).toBe("back");
    expect(keys.press("/", "panels")).toBe("filter");
  });

  it("lets q close an overlay and ^C quit from it, and says so in no line of the help", () => {
    const keys = createKeyDispatcher();
    for (const action of ["quit", "interrupt", "close-overlay"] as const) keys.on(action, () => {});
    expect(keys.press("q", "overlay")).toBe("close-overlay");
    expect(keys.press("C-c", "overlay")).toBe("interrupt");
    expect(keys.help()).toEqual([{ title: "Program", lines: [{ keys: "q ^C", text: "quit" }] }]);
  });

  it("makes the help of what has a handler, pairs on one line", () => {
    const keys = createKeyDispatcher();
    for (const action of ["up", "down", "quit", "interrupt"] as const) keys.on(action, () => {});
    expect(keys.help()).toEqual([
      { title: "Move", lines: [{ keys: "Up k Down j", text: "a line up, down" }] },
      { title: "Program", lines: [{ keys: "q ^C", text: "quit" }] },
    ]);
    expect(keys.keyFor("quit")).toBe("q");
    expect(keys.keyFor("help")).toBeNull();
  });
});
