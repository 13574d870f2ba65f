/** Names as an attacker would choose them, made from a seed so that a failure comes again. */

const PIECES = [
  "\u001b[2J",
  "\u001b]0;x\u0007",
  "\u009b31m",
  "\r\n",
  "\n",
  "\t",
  "\0",
  "\u007f",
  "\u0085",
  "\u202e",
  "\u2066",
  "\u200b",
  "\u2028",
  "\u2029",
  "\ufeff",
  "\u{e0041}",
  "\ud800",
  "\udfff",
  "<script>alert(1)</script>",
  "</script>",
  "<img src=x onerror=alert(1)>",
  "<!--",
  "-->",
  "]]>",
  '"',
  "'",
  "`",
  "```",
  "|",
  "||",
  "\\",
  "&lt;",
  "&#60;",
  "&",
  "<",
  ">",
  "javascript:x",
  "{red-fg}",
  "=cmd|' /C calc'!A0",
  "=1+1",
  "+1",
  "-1",
  "@SUM(1)",
  ";=1+1",
  ",=1+1",
  "＝1",
  " =1",
  "@torvalds",
  "#1",
  "GH-1",
  "https://e.example/x",
  "http://e.example",
  "www.e.example",
  "a@b.example",
  "[x](javascript:y)",
  "![x](y)",
  "**b**",
  "__i__",
  "~~s~~",
  "$x$",
  ":tada:",
  "# h",
  "- i",
  "1. i",
  "end",
  "End",
  ";",
  "#",
  "%%",
  "wrap:x",
  "nowrap:",
  "loop",
  "participant",
  "->>",
  "-->>B: x",
  "A->>B",
  "activate A",
  "$$x$$",
  "{",
  "}",
  "()",
  "é",
  "界",
  "🙂",
  "a\u0301",
  "__proto__",
  "constructor",
  " ",
  "x",
] as const;

/** A generator of numbers in [0, 1) that depends on its seed alone (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` names, each of one to five pieces, some with a character from anywhere in Unicode. */
export function hostileNames(count: number, seed: number): string[] {
  const next = numbers(seed);
  return Array.from({ length: count }, () => {
    let name = "";
    for (let i = 0; i < 1 + Math.floor(next() * 5); i++) {
      name +=
        next() < 0.15
          ? String.fromCodePoint(Math.floor(next() * 0x110000))
          : PIECES[Math.floor(next() * PIECES.length)];
    }
    return name;
  });
}
