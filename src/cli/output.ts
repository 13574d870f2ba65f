/** Writes to stdout and stderr: whole, in order, and quiet once the reader has gone. */

import { safeText } from "../event/safe-text.ts";

/** What a file behind stdout or stderr has no room for, by the system's name. */
const NO_ROOM: ReadonlyMap<string, string> = new Map([
  ["ENOSPC", "the disk is full; free some space, or write elsewhere"],
  ["EDQUOT", "the disk quota is used up; free some space, or write elsewhere"],
  ["EFBIG", "it is as long as a file may be; see `ulimit -f`"],
]);

/**
 * Ends quietly when the pipe behind stdout or stderr is closed, as `| head` does, and with a line
 * when the file behind it has no room.
 *
 * @param exitCode what to end with; 0 but where the code itself is the answer
 * @param noRoomCode what to end with where the output is not whole for want of room
 */
export function endQuietlyOnClosedPipe(exitCode: () => number = () => 0, noRoomCode = 1): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE" || error.code === "EIO") process.exit(exitCode());
      const reason = NO_ROOM.get(error.code ?? "");
      if (reason === undefined) throw error;
      if (stream === process.stdout) complain(`cannot write to stdout: ${reason}`);
      process.exit(noRoomCode);
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
