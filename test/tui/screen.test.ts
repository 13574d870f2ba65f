// Whole screens, as a terminal shows them.
import { afterEach, describe, expect, it } from "vitest";
import { createChart } from "../../src/tui/chart.ts";
import { createKeyDispatcher } from "../../src/tui/key-dispatch.ts";
import { KEY_TABLE } from "../../src/tui/keys.ts";
import { helpOverlay, messageOverlay, paintOverlay } from "../../src/tui/overlay.ts";
import { START_CURSOR } from "../../src/tui/table-cursor.ts";
import { type DemoState, paintDemo } from "./demo.ts";
import { type Mounted, type MountOptions, mount } from "./harness.ts";

/** A foreground or background colour inside of a select-graphic-rendition sequence. */
const COLOR = new RegExp(`${"\x1b"}\\[[\\d;]*(3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]`);

let mounted: Mounted | null = null;

function start(cols: number, rows: number, options?: MountOptions): Mounted & { state: DemoState } {
  const opened = mount(cols, rows, options);
  mounted = opened;
  const chart = () => createChart(opened.terminal.screen);
  return { ...opened, state: { rows: 500, cursor: START_CURSOR, area: chart(), lines: chart() } };
}

afterEach(() => {
  mounted?.close();
  mounted = null;
});

describe("a whole screen", () => {
  it.each([
    [60, 16],
    [80, 24],
    [120, 30],
    [160, 45],
    [200, 60],
  ])("of %ix%i", async (cols, rows) => {
    const screen = start(cols, rows);
    await screen.draw((painter) => paintDemo(painter, screen.state));
    await expect(`${screen.text()}\n`).toMatchFileSnapshot(`screens/demo-${cols}x${rows}.txt`);
  });

  it.each(["console", "ascii"] as const)("with %s glyphs", async (glyphs) => {
    const screen = start(80, 24, { glyphs, colors: 8 });
    await screen.draw((painter) => paintDemo(painter, screen.state));
    await expect(`${screen.text()}\n`).toMatchFileSnapshot(`screens/demo-${glyphs}.txt`);
  });

  it("without colours says by shade and letter what colour says elsewhere", async () => {
    const screen = start(80, 24, { colors: 0 });
    await screen.draw((painter) => paintDemo(painter, screen.state));
    expect(screen.takeWritten()).not.toMatch(COLOR);
    await expect(`${screen.text()}\n`).toMatchFileSnapshot("screens/demo-colourless.txt");
  });

  it.each([
    [120, 30],
    [80, 24],
  ])("under the help at %ix%i", async (cols, rows) => {
    const screen = start(cols, rows);
    const keys = createKeyDispatcher();
    for (const { action } of KEY_TABLE) keys.on(action, () => {});
    await screen.draw((painter) => {
      paintDemo(painter, screen.state);
      paintOverlay(painter, helpOverlay(keys.help(), painter.width));
    });
    await expect(`${screen.text()}\n`).toMatchFileSnapshot(`screens/help-${cols}x${rows}.txt`);
  });

  it("under a message", async () => {
    const screen = start(80, 24);
    await screen.draw((painter) => {
      paintDemo(painter, screen.state);
      paintOverlay(
        painter,
        messageOverlay("Not written", ["disk full", "free some space, press w"]),
      );
    });
    await expect(`${screen.text()}\n`).toMatchFileSnapshot("screens/message.txt");
  });

  it("is the same in the frame that exports and farewells are made from", async () => {
    const screen = start(160, 45);
    await screen.draw((painter) => paintDemo(painter, screen.state));
    expect(screen.terminal.frame.text()).toBe(screen.text());
  });
});

describe("the bytes of a frame", () => {
  it("are none when nothing has changed, wide characters on the screen or not", async () => {
    const screen = start(80, 24, { synchronized: true });
    await screen.draw((painter) => paintDemo(painter, screen.state));
    expect(screen.text()).toContain("数据库服务");
    screen.takeWritten();
    await screen.draw((painter) => paintDemo(painter, screen.state));
    expect(screen.takeWritten()).toBe("");
  });

  it("are few when one cell has changed", async () => {
    const screen = start(80, 24);
    await screen.draw((painter) => painter.text(0, 0, "1,234 events"));
    screen.takeWritten();
    await screen.draw((painter) => painter.text(0, 0, "1,235 events"));
    const written = screen.takeWritten();
    expect(written).toContain("5");
    expect(written.length).toBeLessThan(30);
  });

  it("are wrapped in synchronized output where the profile says so", async () => {
    const screen = start(80, 24, { synchronized: true });
    await screen.settle();
    screen.takeWritten();
    await screen.draw((painter) => painter.text(0, 0, "x"));
    const written = screen.takeWritten();
    expect(written.startsWith("\x1b[?2026h")).toBe(true);
    expect(written.endsWith("\x1b[?2026l")).toBe(true);
    expect(written).toContain("x");
  });
});

describe("a resize", () => {
  it("draws the new size, also after one that was too small for anything", async () => {
    const screen = start(80, 24);
    const draw = () => screen.draw((painter) => paintDemo(painter, screen.state));
    await draw();
    const before = screen.text();
    for (const [cols, rows] of [
      [20, 5],
      [1, 1],
      [5, 2],
      [200, 60],
      [61, 17],
    ] as const) {
      await screen.resize(cols, rows);
      expect([screen.terminal.cols, screen.terminal.rows]).toEqual([cols, rows]);
      await draw();
    }
    await screen.resize(20, 5);
    await draw();
    expect(screen.text()).toContain("terminal too small");
    await screen.resize(80, 24);
    await draw();
    expect(screen.text()).toBe(before);
  });

  it("tells its listeners once the screen is blank", async () => {
    const screen = start(80, 24);
    const sizes: string[] = [];
    screen.terminal.onResize(() => sizes.push(`${screen.terminal.cols}x${screen.terminal.rows}`));
    await screen.draw((painter) => painter.text(0, 0, "old"));
    await screen.resize(100, 30);
    expect(sizes).toEqual(["100x30"]);
    expect(screen.text()).not.toContain("old");
  });
});

describe("wide characters", () => {
  it("never leave half of themselves behind", async () => {
    const screen = start(20, 3);
    const show = async (text: string) => {
      await screen.draw((painter) => painter.text(0, 0, text));
      return screen.text().split("\n")[0];
    };
    expect(await show("数据库")).toBe("数据库");
    expect(await show("x数据")).toBe("x数据");
    expect(await show("ab")).toBe("ab");
    await screen.draw((painter) => {
      painter.text(0, 0, "数据库");
      painter.text(1, 0, "|");
      painter.text(4, 0, "|");
    });
    expect(screen.text().split("\n")[0]).toBe(" |据|");
  });

  it("are left out at an edge that would cut them", async () => {
    const screen = start(7, 2);
    await screen.draw((painter) => {
      painter.within({ x: 0, y: 0, width: 3, height: 1 }).text(0, 0, "数据");
      painter.text(3, 0, "|");
      painter.text(6, 1, "数");
    });
    expect(screen.text().split("\n")).toEqual(["数…|", "      …"]);
  });
});
