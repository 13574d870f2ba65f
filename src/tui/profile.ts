// Decides from the environment what the terminal can be trusted with.
import type { GlyphLevel } from "./glyphs.ts";

/** How many colours may be sent: none, the first 8, 16 with the bright ones, or the xterm palette. */
export type ColorDepth = 0 | 8 | 16 | 256;

/** What the program asks of a terminal, decided once at start. */
export interface TerminalProfile {
  /** `plain`: no cursor motion or no terminal at all; print lines instead of a dashboard. */
  readonly kind: "dashboard" | "plain";
  /** Why it is plain, in words for the user; null for a dashboard. */
  readonly reason: string | null;
  /** The terminfo entry that blessed is told to use, which is not always the user's TERM. */
  readonly terminfo: string;
  readonly colors: ColorDepth;
  readonly glyphs: GlyphLevel;
  /** Whether frames are wrapped in synchronized output (`CSI ? 2026 h` and `l`). */
  readonly synchronized: boolean;
}

/** What the decision is made from. */
export interface ProfileInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly inputIsTty: boolean;
  readonly outputIsTty: boolean;
  /** False for `--no-color`. True is no wish against NO_COLOR: commander says it by default. */
  readonly color?: boolean;
  /** `--ascii`. */
  readonly ascii?: boolean;
}

const NO_CURSOR = /^(dumb|emacs|unknown|network|dialup|vt52)$/;
const CONSOLE = /^(linux|con\d|cons\d)/;
const MONOCHROME = /^vt[1-3]\d\d|-mono$|-m$/;
const ALL_COLORS =
  /256color|direct|^(tmux|xterm-|kitty|ghostty|alacritty|foot|wezterm|contour|rio)/;
const BRIGHT_COLORS = /^(xterm|rxvt|vte|konsole|putty|st$|st-)/;

/**
 * Tell whether the locale's characters are UTF-8, as setlocale(3) would decide.
 *
 * The first of LC_ALL, LC_CTYPE and LANG that is set and not empty counts alone. blessed looks for
 * "utf8" in any of them, so `LC_ALL=C LANG=C.UTF-8` gives it the wrong answer.
 */
export function localeIsUtf8(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  return /(^|\.)utf-?8\b/i.test(locale);
}

function colorDepth(term: string, input: ProfileInput): ColorDepth {
  if (input.color === false || input.env.NO_COLOR) return 0;
  if (CONSOLE.test(term)) return 8;
  if (MONOCHROME.test(term)) return 0;
  const inTmux = Boolean(input.env.TMUX) && /^(screen|tmux)/.test(term);
  const declared = /^(truecolor|24bit)$/i.test(input.env.COLORTERM ?? "");
  if (inTmux || declared || ALL_COLORS.test(term)) return 256;
  return BRIGHT_COLORS.test(term) ? 16 : 8;
}

/**
 * Choose how to draw on this terminal.
 *
 * TERM names the terminal, but its terminfo entry is not used: blessed cannot parse the entries
 * of today's ncurses, and misreads `screen-256color` with noise on stderr. Every terminal of today
 * understands xterm's sequences; the Linux console alone gets its own entry, 8 colours and the
 * characters that its fonts hold. COLORFGBG is ignored: few terminals set it and multiplexers
 * carry a stale one. An unset TERM is taken for a plain ANSI terminal of 8 colours.
 */
export function terminalProfile(input: ProfileInput): TerminalProfile {
  const term = (input.env.TERM ?? "").toLowerCase();
  let reason: string | null = null;
  if (!input.outputIsTty) reason = "standard output is not a terminal";
  else if (!input.inputIsTty) reason = "standard input is not a terminal";
  else if (NO_CURSOR.test(term)) reason = `TERM=${term} cannot move the cursor`;
  const onConsole = CONSOLE.test(term);
  const colors = colorDepth(term, input);
  const utf8 = localeIsUtf8(input.env) && input.ascii !== true;
  return {
    kind: reason === null ? "dashboard" : "plain",
    reason,
    terminfo: onConsole ? "linux" : "xterm-256color",
    colors,
    glyphs: !utf8 ? "ascii" : onConsole ? "console" : "full",
    synchronized: ALL_COLORS.test(term) || BRIGHT_COLORS.test(term) || /^screen/.test(term),
  };
}
