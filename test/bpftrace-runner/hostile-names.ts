/** Process names that nobody should choose: newlines, quotes, controls, every byte, half letters. */

const chosen: readonly (string | readonly number[])[] = [
  "l1\nl2 9 FIN",
  '"}\n{"type": "x',
  '"',
  "\\",
  "\\uffffffc3",
  "\\n\\t\\u0041",
  "\t\r\n\v\f",
  "\u001b[2J\u0007",
  "\u007f",
  "žluťo",
  "🐎🐎",
  "\u2028\u2029",
  "\uffff",
  "__proto__",
  "x) R 1 (y",
  "{red-fg}",
  "%s%n%d",
  [0xff, 0xfe],
  [0xc3],
  [0xf0, 0x9f, 0x90],
  [0xed, 0xa0, 0x80],
  [0x80, 0x9b, 0xbf],
];

const nameBytes = 15;

/**
 * `count` different names, each `~` and four digits and up to ten bytes: the chosen ones, each byte
 * but NUL alone, then a fixed pseudo-random series. NUL ends a name, so the kernel cannot hold it.
 */
export function hostileNames(count: number): Buffer[] {
  const single = Array.from({ length: 255 }, (_, n) => [n + 1]);
  const tails = [...chosen, ...single].map((tail) =>
    typeof tail === "string" ? Buffer.from(tail) : Buffer.from(tail),
  );
  let state = 23;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  };
  while (tails.length < count) {
    tails.push(Buffer.from(Array.from({ length: 10 }, () => random() || 1)));
  }
  return tails.slice(0, count).map((tail, n) => {
    const head = Buffer.from(`~${String(n).padStart(4, "0")}`);
    return Buffer.concat([head, tail]).subarray(0, nameBytes);
  });
}
