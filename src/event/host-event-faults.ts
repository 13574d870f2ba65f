/** Checks of the events that the socket table, /proc and the ledger bring. */

import {
  durationFault,
  EXACT,
  type Fault,
  type Fields,
  integerFault,
  isFields,
  listFault,
  mapFault,
  NAME,
  nullableIntegerFault,
  nullableTextFault,
  optionalFlagFault,
  optionalIntegerFault,
  S31,
  stateFault,
  TEXT,
  textFault,
  U16,
  U32,
  wordFault,
} from "./field-faults.ts";
import { instantFault, taskFault, tupleFault } from "./shared-faults.ts";

const GAP_CAUSES = new Set<unknown>([
  "lost",
  "skipped",
  "unparsed",
  "hung",
  "restart",
  "disk",
  "damaged",
]);

function dumpFault(event: Fields): Fault {
  return (
    instantFault(event) ??
    integerFault(event.since, "since", -EXACT, EXACT) ??
    integerFault(event.dump, "dump", 0, EXACT)
  );
}

/** Check a row of the socket table. */
export function snapshotFault(event: Fields): Fault {
  return (
    dumpFault(event) ??
    tupleFault(event) ??
    stateFault(event.state, "state") ??
    integerFault(event.recvQ, "recvQ", -U32, U32) ??
    integerFault(event.sendQ, "sendQ", -U32, U32) ??
    integerFault(event.inode, "inode", 0, EXACT) ??
    integerFault(event.uid, "uid", 0, U32) ??
    nullableTextFault(event.timer, "timer", NAME) ??
    (event.timerMs === null ? null : durationFault(event.timerMs, "timerMs")) ??
    integerFault(event.retries, "retries", 0, U32) ??
    nullableTextFault(event.cookie, "cookie", NAME) ??
    optionalIntegerFault(event.bytesAcked, "bytesAcked", 0, EXACT) ??
    optionalIntegerFault(event.bytesReceived, "bytesReceived", 0, EXACT) ??
    optionalIntegerFault(event.sendWindow, "sendWindow", 0, U32) ??
    optionalIntegerFault(event.lastSentMs, "lastSentMs", 0, U32) ??
    optionalIntegerFault(event.lastReceivedMs, "lastReceivedMs", 0, U32)
  );
}

/** Check the end of a dump of the socket table. */
export function snapshotEndFault(event: Fields): Fault {
  return (
    dumpFault(event) ??
    integerFault(event.netns, "netns", 0, EXACT) ??
    listFault(event.states, "states", stateFault) ??
    integerFault(event.rows, "rows", 0, EXACT)
  );
}

function descriptorFault(value: unknown, name: string): Fault {
  return integerFault(value, name, 0, S31);
}

/** Check a holder of a socket file. */
export function ownerFault(event: Fields): Fault {
  return (
    instantFault(event) ??
    integerFault(event.inode, "inode", 0, EXACT) ??
    taskFault(event) ??
    listFault(event.fds, "fds", descriptorFault) ??
    integerFault(event.startTicks, "startTicks", 0, EXACT) ??
    optionalIntegerFault(event.scan, "scan", 0, EXACT)
  );
}

/** Check who a process is. */
export function processFault(event: Fields): Fault {
  return (
    instantFault(event) ??
    taskFault(event) ??
    integerFault(event.startTicks, "startTicks", 0, EXACT) ??
    nullableTextFault(event.exe, "exe", TEXT) ??
    nullableTextFault(event.cmdline, "cmdline", TEXT) ??
    nullableIntegerFault(event.uid, "uid", 0, U32) ??
    nullableTextFault(event.unit, "unit", TEXT) ??
    nullableTextFault(event.container, "container", TEXT) ??
    (event.pod === undefined ? null : textFault(event.pod, "pod", NAME)) ??
    (event.user === undefined ? null : textFault(event.user, "user", NAME)) ??
    optionalIntegerFault(event.parent, "parent", 0, S31) ??
    optionalIntegerFault(event.startedAt, "startedAt", -EXACT, EXACT) ??
    nullableIntegerFault(event.fdLimit, "fdLimit", 0, EXACT) ??
    nullableIntegerFault(event.fdCount, "fdCount", 0, EXACT)
  );
}

function groupFault(value: unknown, name: string): Fault {
  if (!isFields(value)) return `${name} is no group of threads`;
  return (
    integerFault(value.count, `${name}.count`, 1, S31) ??
    textFault(value.state, `${name}.state`, NAME) ??
    nullableTextFault(value.wchan, `${name}.wchan`, NAME) ??
    nullableTextFault(value.syscall, `${name}.syscall`, NAME) ??
    nullableIntegerFault(value.fd, `${name}.fd`, 0, S31)
  );
}

/** Check what the threads of a process do. */
export function threadsFault(event: Fields): Fault {
  return (
    instantFault(event) ??
    integerFault(event.pid, "pid", 0, S31) ??
    integerFault(event.startTicks, "startTicks", 0, EXACT) ??
    integerFault(event.threads, "threads", 1, S31) ??
    optionalFlagFault(event.isPartial, "isPartial") ??
    listFault(event.groups, "groups", groupFault)
  );
}

function counterFault(value: unknown, name: string): Fault {
  return integerFault(value, name, -EXACT, EXACT);
}

function settingFault(value: unknown, name: string): Fault {
  return textFault(value, name, TEXT);
}

/** Check counters and sysctls. */
export function hostFault(event: Fields): Fault {
  const { counters, sysctls } = event;
  return (
    instantFault(event) ??
    integerFault(event.netns, "netns", 0, EXACT) ??
    (counters === undefined ? null : mapFault(counters, "counters", counterFault)) ??
    (sysctls === undefined ? null : mapFault(sysctls, "sysctls", settingFault))
  );
}

/** Check a proof of life. */
export function heartbeatFault(event: Fields): Fault {
  return (
    instantFault(event) ??
    textFault(event.wall, "wall", NAME) ??
    integerFault(event.counted, "counted", 0, EXACT) ??
    integerFault(event.received, "received", 0, EXACT) ??
    integerFault(event.lost, "lost", 0, EXACT) ??
    integerFault(event.unparsed, "unparsed", 0, EXACT) ??
    integerFault(event.skipped, "skipped", 0, EXACT) ??
    optionalFlagFault(event.balanced, "balanced")
  );
}

/** Check the account of a loss. */
export function gapFault(event: Fields): Fault {
  return (
    instantFault(event) ??
    integerFault(event.from, "from", -EXACT, EXACT) ??
    wordFault(event.cause, "cause", GAP_CAUSES) ??
    nullableIntegerFault(event.count, "count", 0, EXACT) ??
    optionalIntegerFault(event.cpu, "cpu", 0, U16)
  );
}
