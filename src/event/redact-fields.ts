/** What redaction does with each field of each event: a new field must be decided on here. */

import type { LateMark } from "./order.ts";
import type { ProbeMark, SocketEvidence, SocketTuple, TraceEvent } from "./trace-event.ts";

/**
 * How a field is treated.
 *
 * `keep` is for what the codec has checked to be a number, a flag, or one of the kernel's words.
 */
export type Treatment =
  | "keep"
  | "address"
  | "socket"
  | "inode"
  | "comm"
  | "exe"
  | "cmdline"
  | "unit"
  | "container"
  | "pod"
  /** An ISO 8601 instant. */
  | "instant"
  /** The kernel's reason of an RST: nothing that is written otherwise passes. */
  | "reason"
  /** One of the timers of `ss`. */
  | "timer"
  | "user"
  /** What was only counted: numbers and words that the codec has checked, and nothing else. */
  | "counted"
  /** What threads do: the kernel's words, or nothing. */
  | "threads"
  | "counters"
  | "sysctls";

type Fields<E> = { readonly [K in keyof Required<E>]: Treatment };

/** Each event type with a treatment for every field that its interface has. */
type FieldTable = {
  readonly [T in TraceEvent["type"]]: Fields<Extract<TraceEvent, { type: T }> & LateMark>;
};

const EVERY = { type: "keep", t: "keep", late: "keep" } as const;
const TASK = { pid: "keep", comm: "comm" } as const;

const TUPLE: Fields<SocketTuple> = {
  netns: "keep",
  local: "address",
  localPort: "keep",
  remote: "address",
  remotePort: "keep",
};

const MARK: Fields<ProbeMark> = { cpu: "keep", seq: "keep", held: "keep" };

const EVIDENCE: Fields<SocketEvidence> = {
  shutdown: "keep",
  error: "keep",
  orphan: "keep",
  finReceived: "keep",
  inProcess: "keep",
  exiting: "keep",
  linger: "keep",
  closing: "keep",
  recvQ: "keep",
  sendQ: "keep",
  sendWindow: "keep",
  srttUs: "keep",
  bytesSent: "keep",
  bytesReceived: "keep",
  inode: "inode",
};

/** Process ids, ports, uids, namespaces and times stay: without them no story can be told. */
export const FIELDS: FieldTable = {
  transition: {
    ...EVERY,
    ...TUPLE,
    ...MARK,
    ...EVIDENCE,
    ...TASK,
    sk: "socket",
    from: "keep",
    to: "keep",
  },
  retransmit: {
    ...EVERY,
    ...TUPLE,
    ...MARK,
    sk: "socket",
    state: "keep",
    flags: "keep",
    length: "keep",
    cause: "keep",
    failed: "keep",
    orphan: "keep",
    rtoMs: "keep",
    backoff: "keep",
  },
  reset: {
    ...EVERY,
    ...TUPLE,
    ...MARK,
    direction: "keep",
    sk: "socket",
    state: "keep",
    reason: "reason",
    answering: "keep",
  },
  open: { ...EVERY, ...TASK, how: "keep", netns: "keep", sk: "socket", fd: "keep" },
  read: { ...EVERY, ...MARK, ...TASK, netns: "keep", sk: "socket", bytes: "keep" },
  use: {
    ...EVERY,
    ...MARK,
    ...TASK,
    netns: "keep",
    sk: "socket",
    inode: "inode",
    isWrite: "keep",
  },
  destroy: { ...EVERY, ...MARK, ...TASK, netns: "keep", sk: "socket" },
  "mini-segment": {
    ...EVERY,
    ...TUPLE,
    ...MARK,
    sk: "socket",
    substate: "keep",
    flags: "keep",
    isAlive: "keep",
  },
  "mini-end": { ...EVERY, ...TUPLE, ...MARK, sk: "socket", substate: "keep" },
  snapshot: {
    ...EVERY,
    ...TUPLE,
    since: "keep",
    dump: "keep",
    state: "keep",
    recvQ: "keep",
    sendQ: "keep",
    inode: "inode",
    uid: "keep",
    timer: "timer",
    timerMs: "keep",
    retries: "keep",
    cookie: "socket",
    bytesAcked: "keep",
    bytesReceived: "keep",
    sendWindow: "keep",
    lastSentMs: "keep",
    lastReceivedMs: "keep",
  },
  "snapshot-end": {
    ...EVERY,
    since: "keep",
    dump: "keep",
    netns: "keep",
    states: "keep",
    rows: "keep",
  },
  owner: { ...EVERY, ...TASK, inode: "inode", fds: "keep", startTicks: "keep", scan: "keep" },
  process: {
    ...EVERY,
    ...TASK,
    startTicks: "keep",
    exe: "exe",
    cmdline: "cmdline",
    uid: "keep",
    unit: "unit",
    container: "container",
    pod: "pod",
    user: "user",
    parent: "keep",
    startedAt: "keep",
    fdLimit: "keep",
    fdCount: "keep",
  },
  threads: {
    ...EVERY,
    pid: "keep",
    startTicks: "keep",
    threads: "keep",
    isPartial: "keep",
    groups: "threads",
  },
  host: { ...EVERY, netns: "keep", counters: "counters", sysctls: "sysctls" },
  heartbeat: {
    ...EVERY,
    wall: "instant",
    counted: "keep",
    received: "keep",
    lost: "keep",
    unparsed: "keep",
    skipped: "keep",
    balanced: "keep",
  },
  detail: { ...EVERY, ...MARK, detail: "keep", cause: "keep", figure: "keep" },
  counts: { ...EVERY, groups: "counted" },
  gap: { ...EVERY, from: "keep", cause: "keep", count: "keep", cpu: "keep" },
};
