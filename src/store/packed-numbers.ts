/** Rising numbers in few bytes: the steps between them, seven bits a byte. */

/** Pack whole numbers, none smaller than the one before. */
export function packNumbers(numbers: readonly number[]): string {
  const bytes: number[] = [];
  let before = 0;
  for (const number of numbers) {
    let step = number - before;
    before = number;
    while (step >= 0x80) {
      bytes.push((step % 0x80) | 0x80);
      step = Math.floor(step / 0x80);
    }
    bytes.push(step);
  }
  return Buffer.from(bytes).toString("base64");
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
