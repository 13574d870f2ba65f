/** Checks of the events that probes send. */

import {
  durationFault,
  EXACT,
  type Fault,
  type Fields,
  flagFault,
  integerFault,
  NAME,
  nullableIntegerFault,
  nullableTextFault,
  optionalFlagFault,
  optionalIntegerFault,
  S31,
  stateFault,
  textFault,
  U16,
  U32,
  wordFault,
} from "./field-faults.ts";
import { instantFault, taskFault, tupleFault } from "./shared-faults.ts";

const RETRANSMIT_CAUSES = new Set<unknown>(["RTO", "TLP", "fast", "unknown"]);
const DIRECTIONS = new Set<unknown>(["sent", "received"]);
const OPENINGS = new Set<unknown>(["connect", "accept"]);
const CAUSES = new Set<unknown>(["changes", "lost", "cpu", "calm", "asked"]);
const DETAILS = new Set<unknown>(["transitions", "summary", "aggregate"]);
const SUBSTATES = new Set<unknown>(["FIN_WAIT2", "TIME_WAIT"]);

function markFault(event: Fields): Fault {
  return (
    integerFault(event.cpu, "cpu", 0, U16) ??
    integerFault(event.seq, "seq", 0, EXACT) ??
    optionalFlagFault(event.held, "held")
  );
}

function socketFault(event: Fields): Fault {
  return textFault(event.sk, "sk", NAME) ?? integerFault(event.netns, "netns", 0, EXACT);
}

function evidenceFault(event: Fields): Fault {
  return (
    optionalIntegerFault(event.shutdown, "shutdown", 0, 3) ??
    optionalIntegerFault(event.error, "error", 0, U16) ??
    optionalFlagFault(event.orphan, "orphan") ??
    optionalFlagFault(event.finReceived, "finReceived") ??
    optionalFlagFault(event.inProcess, "inProcess") ??
    optionalFlagFault(event.exiting, "exiting") ??
    optionalFlagFault(event.linger, "linger") ??
    optionalFlagFault(event.closing, "closing") ??
    optionalIntegerFault(event.recvQ, "recvQ", -U32, U32) ??
    optionalIntegerFault(event.sendQ, "sendQ", -U32, U32) ??
    optionalIntegerFault(event.sendWindow, "sendWindow", 0, U32) ??
    optionalIntegerFault(event.srttUs, "srttUs", 0, U32) ??
    optionalIntegerFault(event.bytesSent, "bytesSent", 0, EXACT) ??
    optionalIntegerFault(event.bytesReceived, "bytesReceived", 0, EXACT) ??
    optionalIntegerFault(event.inode, "inode", 0, EXACT)
  );
}

/** Check a state change with what the socket said then. */
export function transitionFault(event: Fields): Fault {
  return (
    instantFault(event) ??
    tupleFault(event) ??
    markFault(event) ??
    textFault(event.sk, "sk", NAME) ??
    stateFault(event.from, "from") ??
    stateFault(event.to, "to") ??
    taskFault(event) ??
    evidenceFault(event)
  );
}

/** Check a segment sent again. */
export function retransmitFault(event: Fields): Fault {
  return (
    instantFault(event) ??
    tupleFault(event) ??
    markFault(event) ??
    textFault(event.sk, "sk", NAME) ??
    stateFault(event.state, "state") ??
    nullableIntegerFault(event.flags, "flags", 0, U16) ??
    nullableIntegerFault(event.length, "length", -U32, U32) ??
    wordFault(event.cause, "cause", RETRANSMIT_CAUSES) ??
    flagFault(event.failed, "failed") ??
    optionalFlagFault(event.orphan, "orphan") ??
    (event.rtoMs === undefined ? null : durationFault(event.rtoMs, "rtoMs")) ??
    optionalIntegerFault(event.backoff, "backoff", 0, U32)
  );
}

/** Check an RST, sent or received. */
export function resetFault(event: Fields): Fault {
  return (
    instantFault(event) ??
    tupleFault(event) ??
    markFault(event) ??
    wordFault(event.direction, "direction", DIRECTIONS) ??
    nullableTextFault(event.sk, "sk", NAME) ??
    (event.state === null ? null : stateFault(event.state, "state")) ??
    nullableTextFault(event.reason, "reason", NAME) ??
    optionalFlagFault(event.answering, "answering")
  );
}

/** Check a connect() or an accept(). */
export function openFault(event: Fields): Fault {
  return (
    instantFault(event) ??
    wordFault(event.how, "how", OPENINGS) ??
    socketFault(event) ??
    taskFault(event) ??
    nullableIntegerFault(event.fd, "fd", 0, S31)
  );
}

/** Check what all events of a mini-socket share; its end has nothing more. */
export function miniFault(event: Fields): Fault {
  return (
    instantFault(event) ??
    tupleFault(event) ??
    markFault(event) ??
    textFault(event.sk, "sk", NAME) ??
    wordFault(event.substate, "substate", SUBSTATES)
  );
}

/** Check a read that emptied the queue of a finished stream. */
export function readFault(event: Fields): Fault {
  return destroyFault(event) ?? integerFault(event.bytes, "bytes", 0, U32);
}

/** Check a first use of a connection by somebody else. */
export function useFault(event: Fields): Fault {
  return (
    destroyFault(event) ??
    integerFault(event.inode, "inode", 0, EXACT) ??
    flagFault(event.isWrite, "isWrite")
  );
}

/** Check the letting go of a socket. */
export function destroyFault(event: Fields): Fault {
  return instantFault(event) ?? markFault(event) ?? socketFault(event) ?? taskFault(event);
}

/** Check a segment that a mini-socket took in. */
export function miniSegmentFault(event: Fields): Fault {
  return (
    miniFault(event) ??
    integerFault(event.flags, "flags", 0, U16) ??
    flagFault(event.isAlive, "isAlive")
  );
}

/** Check the answer of the probes to another detail. */
export function detailFault(event: Fields): Fault {
  return (
    instantFault(event) ??
    markFault(event) ??
    wordFault(event.detail, "detail", DETAILS) ??
    wordFault(event.cause, "cause", CAUSES) ??
    integerFault(event.figure, "figure", 0, EXACT)
  );
}
