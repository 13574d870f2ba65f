// Turns the drawing characters of a terminal into shapes, so that no font can spoil a picture.

/** A filled rectangle in cell units: 0 to 1 across and down, with an opacity for the shades. */
export interface CellRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly opacity: number;
}

const rect = (x: number, y: number, width: number, height: number, opacity = 1): CellRect => ({
  x,
  y,
  width,
  height,
  opacity,
});

const QUADRANTS: readonly CellRect[] = [
  rect(0, 0, 0.5, 0.5),
  rect(0.5, 0, 0.5, 0.5),
  rect(0, 0.5, 0.5, 0.5),
  rect(0.5, 0.5, 0.5, 0.5),
];

/** Which quadrants U+2596 to U+259F fill: bit 0 upper left, 1 upper right, 2 lower left, 3 lower right. */
const QUADRANT_BITS: readonly number[] = [4, 8, 1, 13, 9, 7, 11, 2, 6, 14];

/**
 * The rectangles of one block element, U+2580 to U+259F; null for any other character.
 *
 * Fonts leave hairlines between block characters, which stripes every bar and area of a chart.
 */
export function blockRects(ch: string): readonly CellRect[] | null {
  const point = ch.codePointAt(0) ?? 0;
  if (point < 0x2580 || point > 0x259f) return null;
  if (point === 0x2580) return [rect(0, 0, 1, 0.5)];
  if (point <= 0x2588) {
    const height = (point - 0x2580) / 8;
    return [rect(0, 1 - height, 1, height)];
  }
  if (point <= 0x258f) return [rect(0, 0, (0x2590 - point) / 8, 1)];
  if (point === 0x2590) return [rect(0.5, 0, 0.5, 1)];
  if (point <= 0x2593) return [rect(0, 0, 1, 1, (point - 0x2590) / 4)];
  if (point === 0x2594) return [rect(0, 0, 1, 1 / 8)];
  if (point === 0x2595) return [rect(7 / 8, 0, 1 / 8, 1)];
  const bits = QUADRANT_BITS[point - 0x2596] ?? 0;
  return QUADRANTS.filter((_, index) => (bits >> index) & 1);
}

/** Where the eight dots of a Braille cell stand, in the order of the bits of its code point. */
const DOTS: ReadonlyArray<readonly [number, number]> = [
  [0.25, 0.125],
  [0.25, 0.375],
  [0.25, 0.625],
  [0.75, 0.125],
  [0.75, 0.375],
  [0.75, 0.625],
  [0.25, 0.875],
  [0.75, 0.875],
];

/** The dots of a Braille pattern, U+2800 to U+28FF, in cell units; null for any other character. */
export function brailleDots(ch: string): ReadonlyArray<readonly [number, number]> | null {
  const point = ch.codePointAt(0) ?? 0;
  if (point < 0x2800 || point > 0x28ff) return null;
  return DOTS.filter((_, bit) => ((point - 0x2800) >> bit) & 1);
}

/** The arms of a box-drawing character: 0 none, 1 light, 2 heavy. */
export interface BoxArms {
  readonly left: number;
  readonly right: number;
  readonly up: number;
  readonly down: number;
  readonly round: boolean;
}

/** Each character with its left, right, up and down arm. */
const BOX: ReadonlyMap<string, string> = new Map([
  ["─", "1100"],
  ["━", "2200"],
  ["│", "0011"],
  ["┃", "0022"],
  ["┌", "0101"],
  ["┐", "1001"],
  ["└", "0110"],
  ["┘", "1010"],
  ["├", "0111"],
  ["┤", "1011"],
  ["┬", "1101"],
  ["┴", "1110"],
  ["┼", "1111"],
  ["╭", "0101"],
  ["╮", "1001"],
  ["╰", "0110"],
  ["╯", "1010"],
  ["╴", "1000"],
  ["╵", "0010"],
  ["╶", "0100"],
  ["╷", "0001"],
]);

/** The arms of one box-drawing character; null for a character that is not one of those we draw with. */
export function boxArms(ch: string): BoxArms | null {
  const arms = BOX.get(ch);
  if (arms === undefined) return null;
  const [left = 0, right = 0, up = 0, down = 0] = [...arms].map(Number);
  return { left, right, up, down, round: "╭╮╰╯".includes(ch) };
}
