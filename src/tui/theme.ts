// Resolves what a piece of the screen means to how it looks on this terminal.
import type { TcpState } from "../event/tcp-state.ts";
import { type Look, packLook, unpackLook } from "./attr.ts";
import type { Glyphs } from "./glyphs.ts";
import type { ColorDepth } from "./profile.ts";
import { type Color, type Role, STATE_LETTERS, THEMES, type ThemeName } from "./theme-inks.ts";

export type { Role, ThemeName } from "./theme-inks.ts";

/** A theme on one terminal: every answer is made for its colours and characters. */
export interface Theme {
  readonly name: ThemeName;
  readonly colors: ColorDepth;
  readonly glyphs: Glyphs;
  /** The packed look of a role. */
  attr(role: Role): number;
  /**
   * The role's foreground on the background of another role: a state in the selected row. With few
   * colours, and for what is grey, the background's own foreground: red or grey on blue cannot be
   * read.
   */
  on(role: Role, background: Role): number;
  /** Dark letters on the role's colour, bold: what is to be seen from afar. Inverse without colours. */
  badge(role: Role): number;
  /** One column that says the role without colour: a letter for a TCP state, a mark for a level. */
  sign(role: Role): string;
}

/** The names of all themes, in the order in which a key walks through them. */
export const THEME_NAMES = Object.keys(THEMES) as readonly ThemeName[];

const COLUMN: Readonly<Record<ColorDepth, number>> = { 0: -1, 8: 2, 16: 1, 256: 0 };

function resolve(color: Color | undefined, depth: ColorDepth): number | null {
  return color?.[COLUMN[depth]] ?? null;
}

/** The letters of a badge: black on the bright colours of dark themes, white on those of the light. */
const BADGE_INKS: Readonly<Record<ThemeName, Color>> = {
  dark: [16, 0, 0],
  light: [231, 15, 7],
  "colour-blind": [16, 0, 0],
};

function lookOf(name: ThemeName, role: Role, depth: ColorDepth): Partial<Look> {
  const ink = THEMES[name][role];
  if (depth === 0) return { bold: ink.bold === true, inverse: role === "selection" };
  return { fg: resolve(ink.fg, depth), bg: resolve(ink.bg, depth), bold: ink.bold === true };
}

/**
 * Make a theme for a terminal's colour depth and characters.
 *
 * Without colours a role keeps its boldness, and the selection is inverse; what a colour would
 * have said stands in `sign`, which is drawn in every depth.
 */
export function createTheme(name: ThemeName, colors: ColorDepth, glyphs: Glyphs): Theme {
  const attrs = new Map<string, number>();
  const remember = (key: string, make: () => number): number => {
    let attr = attrs.get(key);
    if (attr === undefined) {
      attr = make();
      attrs.set(key, attr);
    }
    return attr;
  };
  const attr = (role: Role) => remember(role, () => packLook(lookOf(name, role, colors)));
  const letters: Readonly<Partial<Record<Role, string>>> = STATE_LETTERS;
  return {
    name,
    colors,
    glyphs,
    attr,
    on: (role, background) =>
      remember(`${role} ${background}`, () => {
        const front = unpackLook(attr(role));
        const back = unpackLook(attr(background));
        const isQuiet = role === "muted" || role === "border";
        const fg = colors === 256 && !isQuiet ? (front.fg ?? back.fg) : back.fg;
        return packLook({ ...back, fg, bold: front.bold || back.bold });
      }),
    badge: (role) =>
      remember(`badge ${role}`, () => {
        if (colors === 0) return packLook({ bold: true, inverse: true });
        const { fg } = unpackLook(attr(role));
        return packLook({ fg: resolve(BADGE_INKS[name], colors), bg: fg, bold: true });
      }),
    sign: (role) => {
      if (role === "ok" || role === "warn" || role === "critical") return glyphs[role];
      return letters[role as TcpState] ?? " ";
    },
  };
}
