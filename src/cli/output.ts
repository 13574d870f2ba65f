/** Writes to stdout and stderr: whole, in order, and quiet once the reader has gone. */

import { safeText } from "../event/safe-text.ts";

/**
 * Ends quietly when the pipe behind stdout or stderr is closed, as `| head` does.
 *
 * @param exitCode what to end with; 0 but where the code itself is the answer
 */
export function endQuietlyOnClosedPipe(exitCode: () => number = () => 0): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE" || error.code === "EIO") process.exit(exitCode());
      throw error;
    });
  }
}

/** Write text to stdout and wait until it has been taken. */
export function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });
}

/** Write pieces one after the other, never ahead of the reader. */
export async function printPieces(pieces: Iterable<string>): Promise<void> {
  let waiting = "";
  for (const piece of pieces) {
    waiting += piece;
    if (waiting.length < 65_536) continue;
    await print(waiting);
    waiting = "";
  }
  if (waiting !== "") await print(waiting);
}

/** One line to stderr, made safe: it may quote names from outside. */
export function complain(line: string): void {
  process.stderr.write(`lastack: ${safeText(line, { max: 1000 })}\n`);
}
