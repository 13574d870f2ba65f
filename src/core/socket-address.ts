/** Addresses of the kernel's sockets as two small numbers, in which they cost least. */

const LENGTH = 16;
const HALF = 6;

/**
 * The upper half of an address; the text itself where it is none of a 64-bit kernel's. A text is
 * often a piece of a line of the wire, and keeps all of that in memory.
 */
export function upperHalf(sk: string): number | string {
  if (sk.length !== LENGTH || !sk.startsWith("ffff")) return sk;
  const upper = digitsAt(sk, LENGTH - 2 * HALF);
  return upper < 0 || digitsAt(sk, LENGTH - HALF) < 0 ? sk : upper;
}

/** The lower half of an address that has an upper one. */
export function lowerHalf(sk: string): number {
  return digitsAt(sk, LENGTH - HALF);
}

/** The address with these halves, as it was told. */
export function addressOf(upper: number, lower: number): string {
  return `ffff${half(upper)}${half(lower)}`;
}

function half(bits: number): string {
  return (bits + 2 ** 24).toString(16).slice(1);
}

/** Six lower-case hex digits as a number, -1 where they are something else. */
function digitsAt(text: string, from: number): number {
  let value = 0;
  for (let i = from; i < from + HALF; i++) {
    const code = text.charCodeAt(i);
    const isDecimal = code >= 48 && code <= 57;
    if (!isDecimal && !(code >= 97 && code <= 102)) return -1;
    value = value * 16 + code - (isDecimal ? 48 : 87);
  }
  return value;
}
