// Every meaning has a look on every terminal, and never colour alone.
import { describe, expect, it } from "vitest";
import { TCP_STATES } from "../../src/event/tcp-state.ts";
import { unpackLook } from "../../src/tui/attr.ts";
import { type GlyphLevel, glyphsFor } from "../../src/tui/glyphs.ts";
import type { ColorDepth } from "../../src/tui/profile.ts";
import { characterWidth } from "../../src/tui/text.ts";
import { createTheme, type Role, THEME_NAMES } from "../../src/tui/theme.ts";
import { THEMES } from "../../src/tui/theme-inks.ts";

const ROLES = Object.keys(THEMES.dark) as Role[];
const STATES = TCP_STATES.filter((state) => state !== null);
const DEPTHS: readonly ColorDepth[] = [0, 8, 16, 256];
const LEVELS: readonly GlyphLevel[] = ["full", "console", "ascii"];

describe.each(THEME_NAMES)("the %s theme", (name) => {
  it.each(DEPTHS)("sends only colours of %i", (depth) => {
    const theme = createTheme(name, depth, glyphsFor("full"));
    for (const role of ROLES) {
      for (const attr of [theme.attr(role), theme.on(role, "selection")]) {
        const { fg, bg } = unpackLook(attr);
        for (const color of [fg, bg]) expect(color ?? -1).toBeLessThan(depth);
      }
    }
  });

  it.each([16, 256] as const)("tells the states of a teardown apart in %i colours", (depth) => {
    const theme = createTheme(name, depth, glyphsFor("full"));
    const closing = ["FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", "CLOSE_WAIT", "LAST_ACK"] as const;
    expect(new Set(closing.map((state) => theme.attr(state))).size).toBe(closing.length);
  });

  it("keeps a selected row legible in every depth", () => {
    for (const depth of DEPTHS) {
      const theme = createTheme(name, depth, glyphsFor("full"));
      for (const role of ROLES) {
        const look = unpackLook(theme.on(role, "selection"));
        expect(look.inverse || look.fg !== look.bg).toBe(true);
        expect(look.inverse || look.bg !== null).toBe(true);
      }
    }
  });
});

describe("signs", () => {
  it.each(LEVELS)("differ for all states and levels with %s glyphs", (level) => {
    const theme = createTheme("dark", 0, glyphsFor(level));
    const signs = [...STATES, "ok", "warn", "critical"].map((role) => theme.sign(role as Role));
    expect(new Set(STATES.map((state) => theme.sign(state))).size).toBe(STATES.length);
    expect(new Set(signs.slice(-3)).size).toBe(3);
    expect(signs).not.toContain(" ");
  });
});

describe("glyphs", () => {
  it.each(LEVELS)("of the %s level are one column each, and ASCII where they must be", (level) => {
    for (const glyph of Object.values(glyphsFor(level)).flat()) {
      if (glyph === level) continue;
      expect(characterWidth(glyph), glyph).toBe(1);
      if (level === "ascii") expect(glyph <= "~", glyph).toBe(true);
    }
  });
});
