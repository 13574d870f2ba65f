// A picture of the screen shows every cell at its place, without fonts deciding over shapes.
import { afterEach, describe, expect, it } from "vitest";
import { createChart } from "../../src/tui/chart.ts";
import { gridToSvg, paletteColor } from "../../src/tui/screen-svg.ts";
import { blockRects, boxArms, brailleDots } from "../../src/tui/screen-svg-shapes.ts";
import { START_CURSOR } from "../../src/tui/table-cursor.ts";
import { paintDemo } from "./demo.ts";
import { type Mounted, mount } from "./harness.ts";
import { paintGrid } from "./paint.ts";
import { captureToSvg, screenToSvg } from "./screenshot.ts";

let mounted: Mounted | null = null;

afterEach(() => {
  mounted?.close();
  mounted = null;
});

describe("screenToSvg", () => {
  it("draws what the terminal shows as it draws the frame that was sent", async () => {
    const screen = mount(120, 30);
    mounted = screen;
    const chart = () => createChart(screen.terminal.screen);
    const state = { rows: 90, cursor: START_CURSOR, area: chart(), lines: chart() };
    await screen.draw((painter) => paintDemo(painter, state));
    const svg = screenToSvg(screen.emulator);
    expect(svg).toBe(gridToSvg(screen.terminal.frame));
    expect(svg).toContain(">W CLOSE_WAIT</text>");
    expect(svg).toContain(">数据库服务</text>");
    expect(svg).not.toMatch(/[\u2500-\u257f\u2580-\u2593\u2800-\u28ff]/u);
    expect(svg).not.toMatch(/<script|href=|url\(/);
  });
});

describe("captureToSvg", () => {
  it("draws what tmux captured, line by line", async () => {
    const svg = await captureToSvg("\x1b[38;5;203mred\x1b[0m\n  \x1b[1mbold\x1b[0m 数\n", 12, 3);
    expect(svg).toContain('<text x="10" y="23" textLength="25.2" fill="#ff5f5f">red</text>');
    expect(svg).toContain('y="40" textLength="33.6" fill="#d0d0d0" font-weight="bold">bold</text>');
    expect(svg).toContain(">数</text>");
    expect(svg).toContain('viewBox="0 0 120.8 71"');
  });
});

describe("gridToSvg", () => {
  it("puts text on its columns, escaped, and tells wide characters their width", () => {
    const grid = paintGrid(20, 2, (painter) => {
      painter.text(2, 0, "<a> & b", "critical");
      painter.text(0, 1, "x数据y");
    });
    const svg = gridToSvg(grid);
    expect(svg).toContain(
      '<text x="26.8" y="23" textLength="58.8" fill="#ff5f5f" font-weight="bold">&#60;a&#62; &#38; b</text>',
    );
    expect(svg).toContain('<text x="18.4" y="40" textLength="33.6" fill="#d0d0d0">数据</text>');
    expect(svg).toContain('<text x="52" y="40" textLength="8.4" fill="#d0d0d0">y</text>');
  });

  it("paints backgrounds below shapes, and turns inverse cells around", () => {
    const grid = paintGrid(4, 1, (painter) => painter.text(0, 0, "▄a", "selection"), { colors: 0 });
    const svg = gridToSvg(grid, { foreground: "#eee", background: "#111" });
    const back = svg.indexOf('<path fill="#eee" d="M10 10h16.8v17h-16.8z"/>');
    const block = svg.indexOf('<path fill="#111" d="M10 18.5h8.4v8.5h-8.4z"/>');
    expect(back).toBeGreaterThan(0);
    expect(block).toBeGreaterThan(back);
    expect(svg).toContain('fill="#111" font-weight="bold">a</text>');
  });
});

describe("shapes", () => {
  it("knows blocks, Braille and box lines, and nothing else", () => {
    expect(blockRects("▂")).toEqual([{ x: 0, y: 0.75, width: 1, height: 0.25, opacity: 1 }]);
    expect(blockRects("▌")).toEqual([{ x: 0, y: 0, width: 0.5, height: 1, opacity: 1 }]);
    expect(blockRects("▒")?.[0]?.opacity).toBe(0.5);
    expect(blockRects("▚")).toHaveLength(2);
    expect(brailleDots("⠁")).toEqual([[0.25, 0.125]]);
    expect(brailleDots("⣿")).toHaveLength(8);
    expect(boxArms("┤")).toEqual({ left: 1, right: 0, up: 1, down: 1, round: false });
    expect(boxArms("╭")?.round).toBe(true);
    for (const shape of [blockRects, brailleDots, boxArms]) expect(shape("a")).toBeNull();
  });

  it("fills as much of a cell as the character says", () => {
    for (let eighths = 1; eighths <= 8; eighths++) {
      const [rect] = blockRects(String.fromCharCode(0x2580 + eighths)) ?? [];
      expect(rect).toMatchObject({ y: 1 - eighths / 8, height: eighths / 8 });
    }
    for (let point = 0x2596; point <= 0x259f; point++) {
      const rects = blockRects(String.fromCharCode(point)) ?? [];
      expect(rects.length).toBeGreaterThan(0);
      expect(rects.length).toBeLessThan(4);
    }
  });
});

describe("paletteColor", () => {
  it.each([
    [16, "#000000"],
    [81, "#5fd7ff"],
    [203, "#ff5f5f"],
    [231, "#ffffff"],
    [232, "#080808"],
    [255, "#eeeeee"],
  ])("%i is %s", (index, color) => {
    expect(paletteColor(index)).toBe(color);
  });
});
