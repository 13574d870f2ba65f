// Watches over writing to the terminal: never blocks the program, and knows when the reader is behind.
import type { Writable } from "node:stream";

/** What may stand as a terminal's output: standard output, or a stream that a test reads from. */
export type OutputSink = Writable & { isTTY?: boolean; columns?: number; rows?: number };

/** The guard over one output. */
export interface OutputGuard {
  /** Whether bytes of an earlier frame still wait: the terminal reads more slowly than we draw. */
  isBehind(): boolean;
  /** Write without blocking, or block again; does nothing where the runtime cannot. */
  setBlocking(blocking: boolean): void;
  /** Wait until everything is written, at most so long; tells whether it is. */
  settle(milliseconds: number): Promise<boolean>;
}

interface StreamHandle {
  setBlocking?: (blocking: boolean) => unknown;
}

/**
 * Guard an output stream.
 *
 * Node writes to a terminal synchronously: a stalled ssh session or `^S` stops the whole event
 * loop, and with it the reading of the trace. `_handle.setBlocking(false)` lifts that. It is not
 * a public interface, so it is called only where it exists, and a runtime without it merely blocks
 * as before. Whoever ends the program must set blocking again before the last bytes, or they may
 * never be sent.
 */
export function guardOutput(output: OutputSink): OutputGuard {
  const isBehind = () => output.writableLength > 0 || output.writableNeedDrain;
  return {
    isBehind,
    setBlocking(blocking) {
      const handle = (output as { _handle?: StreamHandle | null })._handle;
      try {
        handle?.setBlocking?.(blocking);
      } catch {
        // The handle is closed: nothing is written any more.
      }
    },
    async settle(milliseconds) {
      if (!isBehind()) return true;
      return new Promise((resolve) => {
        const finish = () => {
          clearTimeout(timer);
          output.removeListener("error", finish);
          resolve(!isBehind());
        };
        const timer = setTimeout(finish, milliseconds);
        output.once("error", finish);
        output.write("", finish);
      });
    },
  };
}
