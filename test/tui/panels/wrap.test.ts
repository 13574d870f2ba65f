// Lines of pieces, broken and fitted without losing or exceeding a column.
import { describe, expect, it } from "vitest";
import { fitLine, wrapLine } from "../../../src/tui/panels/wrap.ts";
import { textWidth } from "../../../src/tui/text.ts";
import { randomNumbers } from "../random.ts";

const textOf = (line: readonly { readonly text: string }[]) =>
  line.map(({ text }) => text).join("");

describe("wrapLine", () => {
  it("breaks between words and indents what follows", () => {
    const lines = wrapLine([{ text: "one two three four" }], 10, true);
    expect(lines.map(textOf)).toEqual(["one two ", "  three ", "  four"]);
  });

  it("keeps the look of each piece", () => {
    const [line] = wrapLine([{ text: "a " }, { text: "b", paint: "warn" }], 20, true);
    expect(line).toEqual([{ text: "a " }, { text: "b", paint: "warn" }]);
  });

  it("cuts a word that is wider than a line", () => {
    expect(wrapLine([{ text: "x".repeat(30) }], 10, true).map(textOf)).toEqual(["xxxxxxxxx…"]);
  });

  it("never exceeds the width, whatever the text", () => {
    const next = randomNumbers(7);
    const alphabet = [..."ab 数é\u202e\x1b\n{}…  "];
    for (let i = 0; i < 300; i++) {
      const text = Array.from(
        { length: Math.floor(next() * 60) },
        () => alphabet[Math.floor(next() * alphabet.length)],
      ).join("");
      const width = 8 + Math.floor(next() * 30);
      for (const line of wrapLine([{ text }], width, true)) {
        expect(textWidth(textOf(line))).toBeLessThanOrEqual(width);
      }
    }
  });
});

describe("fitLine", () => {
  it("pads and cuts to the column", () => {
    expect(textOf(fitLine([{ text: "ab" }, { text: "cd" }], 6, true))).toBe("abcd  ");
    expect(textOf(fitLine([{ text: "abcdef" }, { text: "gh" }], 4, true))).toBe("abc…");
    expect(textOf(fitLine([{ text: "数据" }], 3, false)).length).toBe(3);
  });
});
