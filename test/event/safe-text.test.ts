// Foreign text becomes harmless, and nothing of it is silently lost.
import { describe, expect, it } from "vitest";
import { safeText } from "../../src/event/safe-text.ts";

const NEVER = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}]/u;

describe("safeText", () => {
  it.each([
    ["nginx: worker", "nginx: worker"],
    ["tab\tand\nline\rend", "tab\\tand\\nline\\rend"],
    ["\x1b[2Jgone", "\\x1b[2Jgone"],
    ["\x1b[\x1b[31m2J", "\\x1b[\\x1b[31m2J"],
    ["\x9b31m", "\\x9b31m"],
    ["ab\u202ecd", "ab\\u{202e}cd"],
    ["zero\u200bwidth", "zero\\u{200b}width"],
    ["\ud800lone", "\\u{d800}lone"],
    ["\u2028", "\\u{2028}"],
    ["\u{e000}", "\\u{e000}"],
    ["\uffff", "\\u{ffff}"],
    ["\u3164filler", "\\u{3164}filler"],
    ["dev-disk-by\\x2duuid", "dev-disk-by\\x2duuid"],
    ["数据库 café", "数据库 café"],
    ["\0", "\\x00"],
  ])("shows %j as %j", (text, shown) => {
    expect(safeText(text)).toBe(shown);
  });

  it("leaves no unsafe character of all of Unicode, and changes no safe one", () => {
    for (let point = 0; point <= 0x10ffff; point += 1) {
      const ch = String.fromCodePoint(point);
      const shown = safeText(ch);
      if (NEVER.test(shown) || (shown !== ch && !NEVER.test(ch))) {
        expect.fail(`U+${point.toString(16)} became ${JSON.stringify(shown)}`);
      }
    }
    expect(safeText("\u{10ffff}")).toBe("\\u{10ffff}");
  });

  it.each([
    ["abcdef", 6, "abcdef"],
    ["abcdef", 5, "abcd…"],
    ["ab\x1bcd", 6, "ab…"],
    ["ab\x1bcd", 8, "ab\\x1bcd"],
    ["ab\x1bcd", 7, "ab\\x1b…"],
    ["数据库服务", 3, "数据…"],
    ["abc", 1, "…"],
    ["abc", 0, ""],
    ["", 0, ""],
  ])("cuts %j at %i to %j, never inside of an escape", (text, max, shown) => {
    expect(safeText(text, { max })).toBe(shown);
  });
});
