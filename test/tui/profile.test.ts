// What the environment says is turned into what may be sent.
import { describe, expect, it } from "vitest";
import { localeIsUtf8, terminalProfile } from "../../src/tui/profile.ts";

const profile = (env: Record<string, string>, more = {}) =>
  terminalProfile({
    env: { LANG: "C.UTF-8", ...env },
    inputIsTty: true,
    outputIsTty: true,
    ...more,
  });

describe("terminalProfile", () => {
  it.each([
    ["xterm-256color", "xterm-256color", 256, "full", true],
    ["xterm-kitty", "xterm-256color", 256, "full", true],
    ["xterm-ghostty", "xterm-256color", 256, "full", true],
    ["alacritty", "xterm-256color", 256, "full", true],
    ["foot", "xterm-256color", 256, "full", true],
    ["wezterm", "xterm-256color", 256, "full", true],
    ["tmux-256color", "xterm-256color", 256, "full", true],
    ["tmux", "xterm-256color", 256, "full", true],
    ["screen-256color", "xterm-256color", 256, "full", true],
    ["screen", "xterm-256color", 8, "full", true],
    ["xterm", "xterm-256color", 16, "full", true],
    ["rxvt-unicode", "xterm-256color", 16, "full", true],
    ["linux", "linux", 8, "console", false],
    ["vt220", "xterm-256color", 0, "full", false],
    ["xterm-mono", "xterm-256color", 0, "full", true],
    ["never-heard-of-it", "xterm-256color", 8, "full", false],
  ])("TERM=%s uses %s, %i colours, %s glyphs", (TERM, terminfo, colors, glyphs, synchronized) => {
    expect(profile({ TERM })).toEqual({
      kind: "dashboard",
      reason: null,
      terminfo,
      colors,
      glyphs,
      synchronized,
    });
  });

  it("takes an unset TERM for a plain ANSI terminal", () => {
    expect(profile({})).toMatchObject({ kind: "dashboard", colors: 8, synchronized: false });
  });

  it.each(["dumb", "emacs", "vt52"])("prints plain lines on TERM=%s", (TERM) => {
    expect(profile({ TERM })).toMatchObject({
      kind: "plain",
      reason: `TERM=${TERM} cannot move the cursor`,
    });
  });

  it("prints plain lines without a terminal on either side", () => {
    const TERM = "xterm-256color";
    expect(profile({ TERM }, { outputIsTty: false }).reason).toBe(
      "standard output is not a terminal",
    );
    expect(profile({ TERM }, { inputIsTty: false }).kind).toBe("plain");
  });

  it("knows 256 colours inside of tmux and where the terminal declares more", () => {
    expect(profile({ TERM: "screen", TMUX: "/tmp/t,1,0" }).colors).toBe(256);
    expect(profile({ TERM: "xterm", COLORTERM: "truecolor" }).colors).toBe(256);
    expect(profile({ TERM: "linux", COLORTERM: "truecolor" }).colors).toBe(8);
  });

  it("obeys NO_COLOR unless it is empty, and ignores COLORFGBG", () => {
    const TERM = "xterm-256color";
    expect(profile({ TERM, NO_COLOR: "1" }).colors).toBe(0);
    expect(profile({ TERM, NO_COLOR: "" }).colors).toBe(256);
    expect(profile({ TERM, NO_COLOR: "1" }, { color: true }).colors).toBe(0);
    expect(profile({ TERM }, { color: false }).colors).toBe(0);
    expect(profile({ TERM, COLORFGBG: "0;15" })).toEqual(profile({ TERM }));
  });

  it("draws in ASCII where it is asked to or the locale has no UTF-8", () => {
    expect(profile({ TERM: "xterm", LANG: "C" }).glyphs).toBe("ascii");
    expect(profile({ TERM: "linux", LC_ALL: "POSIX" }).glyphs).toBe("ascii");
    expect(profile({ TERM: "xterm-256color" }, { ascii: true }).glyphs).toBe("ascii");
  });
});

describe("localeIsUtf8", () => {
  it.each([
    [{ LC_ALL: "C", LC_CTYPE: "C.UTF-8", LANG: "C.UTF-8" }, false],
    [{ LC_ALL: "", LC_CTYPE: "", LANG: "de_DE.utf8" }, true],
    [{ LC_CTYPE: "UTF-8", LANG: "C" }, true],
    [{ LANG: "en_US.UTF-8@euro" }, true],
    [{ LANGUAGE: "en_US.UTF-8" }, false],
    [{ LANG: "en_US.ISO-8859-1" }, false],
    [{}, false],
  ])("%j: %s", (env, utf8) => {
    expect(localeIsUtf8(env)).toBe(utf8);
  });
});
