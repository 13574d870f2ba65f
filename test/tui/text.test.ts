// The columns that we count are the columns that a terminal moves.
import { Unicode11Addon } from "@xterm/addon-unicode11";
import xterm from "@xterm/headless";
import { describe, expect, it } from "vitest";
import { cellText, characterWidth, cutText, fitText, textWidth } from "../../src/tui/text.ts";

const PER_LINE = 60;

describe("characterWidth", () => {
  it("agrees with a real terminal on every code point that may reach one", async () => {
    const kept: string[] = [];
    for (let point = 0x20; point <= 0x10ffff; point++) {
      const ch = String.fromCodePoint(point);
      if (characterWidth(ch) > 0) kept.push(ch);
    }
    expect(kept.length).toBeGreaterThan(100_000);
    const scrollback = Math.ceil(kept.length / PER_LINE) + 10;
    const emulator = new xterm.Terminal({ cols: 130, rows: 5, scrollback, allowProposedApi: true });
    emulator.loadAddon(new Unicode11Addon());
    emulator.unicode.activeVersion = "11";
    const lines: string[][] = [];
    for (let at = 0; at < kept.length; at += PER_LINE) lines.push(kept.slice(at, at + PER_LINE));
    await new Promise<void>((done) => {
      emulator.write(lines.map((line) => line.join("")).join("\r\n"), done);
    });
    const wrong: string[] = [];
    lines.forEach((line, y) => {
      let x = 0;
      for (const ch of line) {
        const cell = emulator.buffer.active.getLine(y)?.getCell(x);
        if (cell?.getChars() !== ch || cell.getWidth() !== characterWidth(ch)) wrong.push(ch);
        x += characterWidth(ch);
      }
    });
    expect(wrong).toEqual([]);
    emulator.dispose();
  }, 180_000);

  it.each([
    ["a", 1],
    ["漢", 2],
    ["ｆ", 2],
    ["é", 1],
    ["─", 1],
    ["⣿", 1],
    ["😀", 0],
    ["\u0301", 0],
    ["\ufe0f", 0],
    ["\x1b", 0],
    ["▶", 0],
  ])("%j is %i", (ch, width) => {
    expect(characterWidth(ch)).toBe(width);
  });
});

describe("cellText", () => {
  it.each([
    ["plain", "plain"],
    ["cafe\u0301", "café"],
    ["x\u0301\u0302", "x\\u{301}\\u{302}"],
    ["👨‍👩‍👧", "\\u{1f468}\\u{200d}\\u{1f469}\\u{200d}\\u{1f467}"],
    ["{red-fg}evil{/}", "{red-fg}evil{/}"],
    ["数据", "数据"],
  ])("shows %j as %j, and twice the same", (text, shown) => {
    expect(cellText(text)).toBe(shown);
    expect(cellText(shown)).toBe(shown);
  });

  it("shows ASCII alone where the terminal has no UTF-8", () => {
    expect(cellText("café 数", false)).toBe("caf\\xe9 \\u{6570}");
  });
});

describe("cutting and padding", () => {
  it.each([
    ["redis-server", 12, "redis-server"],
    ["redis-server", 6, "redis…"],
    ["数据库服务", 10, "数据库服务"],
    ["数据库服务", 9, "数据库服…"],
    ["数据库服务", 8, "数据库…"],
    ["数据", 1, "…"],
    ["abc", 0, ""],
  ])("cuts %j at %i to %j", (text, width, cut) => {
    expect(cutText(text, width)).toBe(cut);
    expect(textWidth(cut)).toBeLessThanOrEqual(width);
  });

  it("fills to the exact width, left, right and in the middle", () => {
    expect(fitText("数", 5)).toBe("数   ");
    expect(fitText("42", 5, { align: "right" })).toBe("   42");
    expect(fitText("ab", 5, { align: "center" })).toBe(" ab  ");
    expect(fitText("数据库", 4)).toBe("数… ");
    expect(fitText("abcdef", 4, { unicode: false })).toBe("abc~");
  });
});
