/** The packed fields of a life's row: two numbers of 32 bits in one, and a mark for each change. */

import type { SocketEvidence } from "./trace-event.ts";

/** Bits of a mark: SOCK_DEAD, SOCK_DONE and SO_LINGER as in skc_flags, then lives.bt's own. */
const ORPHAN = 1;
const FIN_RECEIVED = 2;
/** In the mark of SYN_SENT: no local port was chosen yet. */
export const NO_PORT = 4;
const LINGER = 16;
const CLOSING = 32;
const EXITING = 64;
export const OWNED = 128;
const SHUTDOWN_SHIFT = 8;

/** What the socket said, as its mark keeps it. */
export function evidenceOf(mark: number, error: number): SocketEvidence {
  return {
    shutdown: mark >> SHUTDOWN_SHIFT,
    error,
    orphan: (mark & ORPHAN) !== 0,
    finReceived: (mark & FIN_RECEIVED) !== 0,
    inProcess: (mark & OWNED) !== 0,
    exiting: (mark & EXITING) !== 0,
    linger: (mark & LINGER) !== 0,
    closing: (mark & CLOSING) !== 0,
  };
}

/** The upper 32 bits of a 64-bit hex number, which no JavaScript number holds. */
export function high(text: string | undefined): number {
  const digits = text as string;
  return digits.length > 8 ? Number.parseInt(digits.slice(0, -8), 16) : 0;
}

/** The lower 32 bits of one. */
export function low(text: string | undefined): number {
  return Number.parseInt((text as string).slice(-8), 16);
}
