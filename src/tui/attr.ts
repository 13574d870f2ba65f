// Packs the look of a cell into one integer, in the layout that blessed draws from.

/** The terminal's own colour. */
export const OWN_COLOR = 0x1ff;

const BOLD = 1 << 18;
const UNDERLINE = 2 << 18;
const INVERSE = 8 << 18;

/** The look of one cell, taken apart. */
export interface Look {
  /** 0 to 255, or null for the terminal's own. */
  readonly fg: number | null;
  readonly bg: number | null;
  readonly bold: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
}

/** Pack a look: flags above bit 18, foreground at bit 9, background at bit 0. */
export function packLook(look: Partial<Look>): number {
  const color = (value: number | null | undefined) => value ?? OWN_COLOR;
  let attr = (color(look.fg) << 9) | color(look.bg);
  if (look.bold) attr |= BOLD;
  if (look.underline) attr |= UNDERLINE;
  if (look.inverse) attr |= INVERSE;
  return attr;
}

/** Take a packed look apart. */
export function unpackLook(attr: number): Look {
  const color = (value: number) => (value === OWN_COLOR ? null : value);
  return {
    fg: color((attr >> 9) & 0x1ff),
    bg: color(attr & 0x1ff),
    bold: (attr & BOLD) !== 0,
    underline: (attr & UNDERLINE) !== 0,
    inverse: (attr & INVERSE) !== 0,
  };
}

/** Nothing set: the terminal's own colours. */
export const PLAIN = packLook({});
