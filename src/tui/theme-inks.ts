// The colours of each theme: every role in 256, 16 and 8 colours, with the letter that says it too.
import type { TcpState } from "../event/tcp-state.ts";

/** What a piece of the screen means; a theme decides how it looks. */
export type BaseRole =
  | "text"
  | "muted"
  | "accent"
  | "ok"
  | "warn"
  | "critical"
  | "title"
  | "header"
  | "border"
  | "focus"
  | "selection"
  | "series-1"
  | "series-2"
  | "series-3"
  | "series-4"
  | "series-5"
  | "series-6";

/** A meaning, or a TCP state: each state has a colour of its own. */
export type Role = BaseRole | TcpState;

/** The name of a theme, as the user writes it. */
export type ThemeName = "dark" | "light" | "colour-blind";

/** A colour by depth, null for the terminal's own: `[of 256, of 16, of 8]`. */
export type Color = readonly [number, number, number] | null;

/** The colours of one role. */
export interface Ink {
  readonly fg: Color;
  readonly bg?: Color;
  readonly bold?: boolean;
}

const ink = (c256: number, c16: number, c8: number, bold = false): Ink => ({
  fg: [c256, c16, c8],
  bold,
});
const plain = (bold = false): Ink => ({ fg: null, bold });

const dark: Readonly<Record<Role, Ink>> = {
  text: plain(),
  muted: ink(245, 8, 7),
  accent: ink(81, 14, 6),
  ok: ink(114, 10, 2),
  warn: ink(221, 11, 3),
  critical: ink(203, 9, 1, true),
  title: ink(255, 15, 7, true),
  header: ink(250, 7, 7, true),
  border: ink(240, 8, 7),
  focus: ink(81, 14, 6, true),
  selection: { fg: [231, 15, 7], bg: [24, 4, 4], bold: true },
  "series-1": ink(72, 2, 2),
  "series-2": ink(68, 12, 4),
  "series-3": ink(179, 3, 3),
  "series-4": ink(167, 9, 1),
  "series-5": ink(140, 5, 5),
  "series-6": ink(73, 6, 6),
  ESTABLISHED: ink(108, 2, 2),
  SYN_SENT: ink(67, 4, 4),
  SYN_RECV: ink(66, 6, 6),
  FIN_WAIT1: ink(215, 3, 3),
  FIN_WAIT2: ink(221, 11, 3, true),
  TIME_WAIT: ink(75, 12, 4, true),
  CLOSE: ink(245, 8, 7),
  CLOSE_WAIT: ink(203, 9, 1, true),
  LAST_ACK: ink(176, 13, 5),
  LISTEN: ink(250, 7, 7),
  CLOSING: ink(211, 5, 5, true),
  NEW_SYN_RECV: ink(73, 6, 6),
};

const light: Readonly<Record<Role, Ink>> = {
  text: plain(),
  muted: ink(241, 8, 0),
  accent: ink(25, 4, 4),
  ok: ink(28, 2, 2),
  warn: ink(130, 3, 3, true),
  critical: ink(160, 1, 1, true),
  title: ink(16, 0, 0, true),
  header: ink(238, 0, 0, true),
  border: ink(248, 7, 0),
  focus: ink(25, 4, 4, true),
  selection: { fg: [16, 0, 0], bg: [153, 14, 6], bold: true },
  "series-1": ink(28, 2, 2),
  "series-2": ink(26, 4, 4),
  "series-3": ink(136, 3, 3),
  "series-4": ink(160, 1, 1),
  "series-5": ink(90, 5, 5),
  "series-6": ink(30, 6, 6),
  ESTABLISHED: ink(65, 2, 2),
  SYN_SENT: ink(61, 4, 4),
  SYN_RECV: ink(30, 6, 6),
  FIN_WAIT1: ink(166, 3, 3),
  FIN_WAIT2: ink(136, 3, 3, true),
  TIME_WAIT: ink(26, 4, 4, true),
  CLOSE: ink(243, 8, 0),
  CLOSE_WAIT: ink(160, 1, 1, true),
  LAST_ACK: ink(90, 5, 5),
  LISTEN: ink(238, 0, 0),
  CLOSING: ink(125, 5, 5, true),
  NEW_SYN_RECV: ink(66, 6, 6),
};

/** The colours that Okabe and Ito chose for every kind of colour vision, in the xterm palette. */
const okabe = {
  orange: ink(214, 11, 3),
  sky: ink(74, 14, 6),
  green: ink(36, 2, 2),
  yellow: ink(227, 15, 7, true),
  blue: ink(32, 12, 4, true),
  vermilion: ink(202, 9, 1, true),
  purple: ink(175, 13, 5),
};

const colorBlind: Readonly<Record<Role, Ink>> = {
  ...dark,
  accent: okabe.sky,
  ok: okabe.sky,
  warn: okabe.orange,
  critical: okabe.vermilion,
  focus: { ...okabe.sky, bold: true },
  "series-1": okabe.sky,
  "series-2": okabe.blue,
  "series-3": okabe.orange,
  "series-4": okabe.vermilion,
  "series-5": okabe.purple,
  "series-6": okabe.green,
  ESTABLISHED: okabe.green,
  SYN_SENT: ink(67, 4, 4),
  FIN_WAIT1: okabe.orange,
  FIN_WAIT2: okabe.yellow,
  TIME_WAIT: okabe.blue,
  CLOSE_WAIT: okabe.vermilion,
  LAST_ACK: okabe.purple,
  CLOSING: ink(254, 15, 7, true),
};

/** Every theme by its name. The dark ones and the light one leave the background to the terminal. */
export const THEMES: Readonly<Record<ThemeName, Readonly<Record<Role, Ink>>>> = {
  dark,
  light,
  "colour-blind": colorBlind,
};

/** One letter for each TCP state, so that colour never says it alone. */
export const STATE_LETTERS: Readonly<Record<TcpState, string>> = {
  ESTABLISHED: "E",
  SYN_SENT: "S",
  SYN_RECV: "R",
  FIN_WAIT1: "1",
  FIN_WAIT2: "2",
  TIME_WAIT: "T",
  CLOSE: "C",
  CLOSE_WAIT: "W",
  LAST_ACK: "L",
  LISTEN: "I",
  CLOSING: "X",
  NEW_SYN_RECV: "N",
};
