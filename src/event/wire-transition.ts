/** Reads the rows of tcp_set_state.bt: a state change, with what the socket said at that moment. */

import { type TcpState, tcpStateOf } from "./tcp-state.ts";
import type { TraceEvent, TransitionEvent } from "./trace-event.ts";
import { hexPairToAddress } from "./wire-address.ts";
import { type Time, withOpening } from "./wire-change.ts";
import { hex, readMark, readTuple } from "./wire-fields.ts";

/** Fields before the name, which may hold spaces. */
const FIELDS = 28;
/** What the socket said begins here; a kernel without BTF cannot be asked. */
const EVIDENCE = 14;

/** Read a row `S`; null when it is damaged. */
export function readTransition(f: readonly string[], time: Time): readonly TraceEvent[] | null {
  if (f.length <= FIELDS) return null;
  const states = hex(f[13]);
  const from = tcpStateOf(states >> 4);
  const to = tcpStateOf(states & 15);
  const t = time(f[1] as string);
  if (from === null || to === null || !Number.isFinite(t)) return null;
  return withOpening(f[EVIDENCE] === "-" ? blind(f, t, from, to) : seeing(f, t, from, to));
}

/**
 * Field by field, for most events are these. One that is spread together of its parts keeps what
 * the first part lacked in an array beside it, which is made anew for each three: 1,000 bytes in
 * the place of 300, and every event waits for its turn beyond the youngest generation.
 */
function seeing(f: readonly string[], t: number, from: TcpState, to: TcpState): TransitionEvent {
  const family = f[6] as string;
  const flags = hex(f[EVIDENCE]);
  return {
    type: "transition",
    t,
    cpu: hex(f[2]),
    seq: hex(f[3]),
    sk: f[4] as string,
    netns: hex(f[5]),
    local: hexPairToAddress(family, f[7] as string, f[8] as string),
    localPort: hex(f[11]),
    remote: hexPairToAddress(family, f[9] as string, f[10] as string),
    remotePort: hex(f[12]),
    from,
    to,
    shutdown: hex(f[15]),
    error: hex(f[16]),
    orphan: (flags & 1) !== 0,
    finReceived: (flags & 2) !== 0,
    inProcess: f[17] !== "0",
    exiting: f[18] === "1",
    linger: (flags & 16) !== 0,
    closing: f[19] === "1",
    recvQ: hex(f[20]),
    sendQ: hex(f[21]),
    sendWindow: hex(f[22]),
    srttUs: hex(f[23]),
    bytesSent: hex(f[24]),
    bytesReceived: hex(f[25]),
    inode: hex(f[26]),
    pid: Number(f[27]),
    comm: nameOf(f),
  };
}

function blind(f: readonly string[], t: number, from: TcpState, to: TcpState): TransitionEvent {
  const mark = readMark(f);
  const tuple = readTuple(f);
  const [sk, pid, comm] = [f[4] as string, Number(f[27]), nameOf(f)];
  return { type: "transition", t, ...mark, sk, ...tuple, from, to, pid, comm };
}

function nameOf(f: readonly string[]): string {
  return f.length === FIELDS + 1 ? (f[FIELDS] as string) : f.slice(FIELDS).join(" ");
}
