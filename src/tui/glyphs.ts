// Names the drawing characters, for terminals that show all of them, few of them or none.

/**
 * Which characters a terminal can be trusted to show.
 *
 * `full`: box lines, eighth blocks, Braille. `console`: what the Linux console's fonts hold, the
 * old PC set without Braille and eighths. `ascii`: no UTF-8, or the user asked for it.
 */
export type GlyphLevel = "full" | "console" | "ascii";

/** One set of drawing characters; every entry is one column wide. */
export interface Glyphs {
  readonly level: GlyphLevel;
  readonly horizontal: string;
  readonly vertical: string;
  readonly topLeft: string;
  readonly topRight: string;
  readonly bottomLeft: string;
  readonly bottomRight: string;
  /** Where an axis carries a label. */
  readonly tick: string;
  readonly corner: string;
  /** One sign for each series of a chart, so that colour never says it alone. */
  readonly marks: readonly string[];
  /** Empty to full in equal steps from the bottom: nine for eighths, three for halves. */
  readonly steps: readonly string[];
  /** Fills that differ without colour, one for each layer of a chart. */
  readonly shades: readonly string[];
  /** A bar's last cell, filled from the left in equal steps up to a whole one. */
  readonly parts: readonly string[];
  readonly bar: string;
  readonly barRest: string;
  readonly thumb: string;
  readonly track: string;
  readonly pointer: string;
  readonly up: string;
  readonly down: string;
  readonly separator: string;
  readonly ok: string;
  readonly warn: string;
  readonly critical: string;
}

const full: Glyphs = {
  level: "full",
  horizontal: "─",
  vertical: "│",
  topLeft: "╭",
  topRight: "╮",
  bottomLeft: "╰",
  bottomRight: "╯",
  tick: "┤",
  corner: "└",
  marks: ["●", "▲", "■", "◆", "○", "△"],
  steps: [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
  shades: ["█", "▓", "▒", "░"],
  parts: ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
  bar: "█",
  barRest: "░",
  thumb: "█",
  track: "│",
  pointer: "▸",
  up: "▲",
  down: "▼",
  separator: "│",
  ok: "●",
  warn: "▲",
  critical: "■",
};

const fromConsole: Glyphs = {
  ...full,
  level: "console",
  topLeft: "┌",
  topRight: "┐",
  bottomLeft: "└",
  bottomRight: "┘",
  marks: ["o", "▲", "■", "+", "x", "*"],
  steps: [" ", "▄", "█"],
  parts: ["▌", "█"],
  pointer: ">",
  ok: "√",
};

const ascii: Glyphs = {
  level: "ascii",
  horizontal: "-",
  vertical: "|",
  topLeft: "+",
  topRight: "+",
  bottomLeft: "+",
  bottomRight: "+",
  tick: "+",
  corner: "+",
  marks: ["o", "^", "x", "*", "@", "$"],
  steps: [" ", ".", ":", "=", "#"],
  shades: ["#", "%", "=", "."],
  parts: ["#"],
  bar: "#",
  barRest: ".",
  thumb: "#",
  track: "|",
  pointer: ">",
  up: "^",
  down: "v",
  separator: "|",
  ok: "+",
  warn: "!",
  critical: "X",
};

const SETS: Readonly<Record<GlyphLevel, Glyphs>> = { full, console: fromConsole, ascii };

/** The drawing characters for one level of trust. */
export function glyphsFor(level: GlyphLevel): Glyphs {
  return SETS[level];
}
