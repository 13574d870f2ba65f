// Names that want to break out of their cell, and what of them must never reach a terminal.
import { randomNumbers } from "./random.ts";

const PIECES = [
  "\x1b[2J",
  "\x1b]0;owned\x07",
  "\x1b[?1049l",
  "\x1bc",
  "\x9b31m",
  "\x1bP+q\x1b\\",
  "\x0e",
  "\r\n",
  "\b\b\b",
  "\x7f",
  "\u202e",
  "\u200d",
  "\ufeff",
  "\u2028",
  "{red-bg}",
  "{/}",
  "{escape}",
  "{open}",
  "数",
  "ｗ",
  "👩‍💻",
  "🇩🇪",
  "e\u0301\u0302\u0303",
  "\u0e33",
  "\u1161",
  "\ud800",
  "\u{e0041}",
  "\x03",
  " ",
];

/** Everything that this program itself sends: blessed's moves, looks, and saving of the cursor. */
export const OWN = new RegExp(`${"\x1b"}(\\[[\\d;]*[HCm]|\\[\\?25[lh]|[78])`, "g");
/** What acts, or shows nothing and shifts what follows. */
export const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/u;

/** Make a maker of hostile names, the same ones for the same seed. */
export function nameMaker(seed: number): () => string {
  const next = randomNumbers(seed);
  const below = (n: number) => Math.floor(next() * n);
  const ranges = [0x20, 0xa0, 0x300, 0x2000, 0x10000, 0x110000];
  const piece = () => {
    if (next() < 0.4) return PIECES[below(PIECES.length)] ?? "";
    const top = ranges[below(ranges.length)] ?? 0x80;
    return String.fromCodePoint(below(top));
  };
  return () => Array.from({ length: 1 + below(15) }, piece).join("");
}
