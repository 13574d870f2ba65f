/** Cuts a stream of bytes into lines, a block at a time. */

import { TimeSlice } from "./time-slice.ts";

/** No line of /proc or ss comes near this; a longer one is not what we think it is. */
const LINE_LIMIT = 64 * 1024;

/**
 * Yield the lines of each chunk, the event loop turning between blocks when a slice is spent.
 *
 * Bytes become Latin-1 characters: the callers want numbers and addresses, and no byte is lost.
 * A line ends at LF alone. Throws when a line exceeds 64 KiB.
 */
export async function* readLines(
  chunks: AsyncIterable<Buffer>,
  signal?: AbortSignal,
): AsyncGenerator<string[], void> {
  const slice = new TimeSlice();
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + chunk.toString("latin1")).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LINE_LIMIT) throw new Error(`a line exceeds ${LINE_LIMIT} bytes`);
    if (lines.length > 0) yield lines;
    if (slice.isSpent()) await slice.renew(signal);
  }
  if (rest !== "") yield [rest];
}
