// Holds back what anything writes to standard error while the dashboard owns the terminal.

/** A capture in progress. */
export interface StderrCapture {
  /** What was written so far, the oldest dropped beyond 200 pieces. */
  readonly lines: readonly string[];
  /** Let writing through again, beginning with what was held back. */
  release(): void;
}

const MOST_LINES = 200;

/**
 * Capture `process.stderr.write`: a runtime warning or a library's complaint would scribble over
 * the screen, and blessed would not know which cells to repair.
 *
 * @param onWrite told of each piece, foreign text, for a log panel
 */
export function captureStderr(onWrite?: (text: string) => void): StderrCapture {
  const { stderr } = process;
  const original = stderr.write;
  const lines: string[] = [];
  let dropped = 0;
  const capture = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    lines.push(text);
    if (lines.length > MOST_LINES) {
      lines.shift();
      dropped++;
    }
    onWrite?.(text);
    const done = rest.find((value) => typeof value === "function") as (() => void) | undefined;
    if (done) setImmediate(done);
    return true;
  };
  stderr.write = capture as typeof stderr.write;
  return {
    lines,
    release() {
      if (stderr.write !== (capture as typeof stderr.write)) return;
      stderr.write = original;
      if (dropped > 0) stderr.write(`(${dropped} earlier messages left out)\n`);
      for (const text of lines.splice(0)) stderr.write(text);
    },
  };
}
