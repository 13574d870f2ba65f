/** Reads a state change of summary detail that is told by itself, and what a connect() opens. */

import { evidenceOf, high, low } from "./life-mark.ts";
import { tcpStateOf } from "./tcp-state.ts";
import type { OpenEvent, TraceEvent, TransitionEvent } from "./trace-event.ts";
import { hexPairToAddress } from "./wire-address.ts";
import { hex, readMark } from "./wire-fields.ts";

/** Fields before the name, which may hold spaces. */
const CHANGE_FIELDS = 16;

/** Time of a row's hex field, nanoseconds since the recording's start. */
export type Time = (hex: string) => number;

/** Read a row `T`, a change that is told by itself; null when it is damaged. */
export function readChange(f: readonly string[], time: Time): readonly TraceEvent[] | null {
  if (f.length <= CHANGE_FIELDS) return null;
  const what = low(f[10]);
  const from = tcpStateOf((what >> 4) & 15);
  const to = tcpStateOf(what & 15);
  const t = time(f[1] as string);
  if (from === null || to === null || !Number.isFinite(t)) return null;
  const family = (what >>> 24).toString(16);
  const event: TransitionEvent = {
    type: "transition",
    t,
    ...readMark(f),
    sk: f[4] as string,
    netns: high(f[5]),
    local: hexPairToAddress(family, f[6] as string, f[7] as string),
    localPort: low(f[5]) >>> 16,
    remote: hexPairToAddress(family, f[8] as string, f[9] as string),
    remotePort: low(f[5]) & 0xffff,
    from,
    to,
    ...evidenceOf((what >> 8) & 0xffff, high(f[10])),
    recvQ: low(f[11]),
    sendQ: high(f[11]),
    sendWindow: low(f[12]),
    srttUs: high(f[12]),
    bytesSent: hex(f[13]),
    bytesReceived: hex(f[14]),
    inode: low(f[15]),
    pid: high(f[15]),
    comm: f.slice(CHANGE_FIELDS).join(" "),
  };
  return withOpening(event);
}

/** A change, and behind it the connect() where it is one: to SYN_SENT, in a process. */
export function withOpening(event: TransitionEvent): readonly TraceEvent[] {
  const isConnect = event.to === "SYN_SENT" && event.inProcess === true;
  return isConnect ? [event, openingOf(event)] : [event];
}

/** The connect() that a change to SYN_SENT in a process is. */
export function openingOf({ t, netns, sk, pid, comm }: TransitionEvent): OpenEvent {
  return { type: "open", t, how: "connect", netns, sk, pid, comm, fd: null };
}
