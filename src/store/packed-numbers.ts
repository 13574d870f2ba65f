/** Whole numbers in few bytes, seven bits a byte: rising ones by the steps between them. */

/** Of a number below 2^53. */
const MOST_BYTES = 8;

/** Pack whole numbers, none smaller than the one before. */
export function packNumbers(numbers: readonly number[]): string {
  let before = 0;
  return pack(numbers, (number) => {
    const step = number - before;
    before = number;
    return step;
  });
}

/** Pack whole numbers of either sign, below 2^52 both ways: the sign goes into the lowest bit. */
export function packSigned(numbers: ArrayLike<number>): string {
  return pack(numbers, (number) => (number < 0 ? -2 * number - 1 : 2 * number));
}

/** The lowest seven bits first, each byte but a number's last one with the highest bit set. */
function pack(numbers: ArrayLike<number>, codeOf: (number: number) => number): string {
  const bytes = Buffer.allocUnsafe(numbers.length * MOST_BYTES);
  let end = 0;
  for (let i = 0; i < numbers.length; i++) {
    let rest = codeOf(numbers[i] as number);
    while (rest >= 0x80) {
      const high = Math.floor(rest / 0x80);
      bytes[end++] = (rest - high * 0x80) | 0x80;
      rest = high;
    }
    bytes[end++] = rest;
  }
  return bytes.toString("base64", 0, end);
}

/** The numbers again. Bytes that were never packed give numbers too: judge what they lead to. */
export function unpackNumbers(text: string): number[] {
  const numbers: number[] = [];
  let before = 0;
  let step = 0;
  let factor = 1;
  for (const byte of Buffer.from(text, "base64")) {
    step += (byte & 0x7f) * factor;
    factor *= 0x80;
    if (byte & 0x80) continue;
    before += step;
    numbers.push(before);
    step = 0;
    factor = 1;
  }
  return numbers;
}

/** The numbers again; see `unpackNumbers`. */
export function unpackSigned(text: string): Float64Array {
  const bytes = Buffer.from(text, "base64");
  // Half a million for one jump: a list that grows, an iterator and a division take most of its time.
  const numbers = new Float64Array(bytes.length);
  let count = 0;
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i++] as number;
    if (first < 0x80) {
      numbers[count++] = first & 1 ? -(first >> 1) - 1 : first >> 1;
      continue;
    }
    let byte = first;
    let number = first & 0x7f;
    for (let factor = 0x80; byte & 0x80 && i < bytes.length; factor *= 0x80) {
      byte = bytes[i++] as number;
      number += (byte & 0x7f) * factor;
    }
    const half = Math.floor(number / 2);
    numbers[count++] = half * 2 === number ? half : -half - 1;
  }
  return numbers.subarray(0, count);
}

/** Pack rising numbers of which many follow each other: where each run begins and ends. */
export function packRuns(numbers: readonly number[]): string {
  const edges: number[] = [];
  for (const number of numbers) {
    if (edges.at(-1) === number) edges.pop();
    else edges.push(number);
    edges.push(number + 1);
  }
  return packNumbers(edges);
}

/** The numbers again; see `unpackNumbers`. */
export function unpackRuns(text: string): number[] {
  const edges = unpackNumbers(text);
  const numbers: number[] = [];
  for (let i = 0; i < edges.length; i += 2) {
    for (let each = edges[i] as number; each < (edges[i + 1] ?? 0); each++) numbers.push(each);
  }
  return numbers;
}
