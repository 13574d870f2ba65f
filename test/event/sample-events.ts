/** One right event of every type, and the frame of a recording. */
import type { RecordingFooter, RecordingHeader } from "../../src/event/recording.ts";
import type { TraceEvent, TransitionEvent } from "../../src/event/trace-event.ts";

export const HEADER: RecordingHeader = {
  type: "header",
  schema: 1,
  program: "lastack",
  version: "0.1.0",
  startedAt: "2026-11-21T05:00:00.123456789Z",
  bootId: "2f6d9c1e-0000-4000-8000-1234567890ab",
  hostname: "web-1",
  kernel: "6.18.44",
  bpftrace: "0.17.0",
  probes: ["tcp_set_state", "heartbeat"],
  detail: "transitions",
  filters: { port: [443] },
  sysctls: { "net.ipv4.tcp_fin_timeout": "60" },
};

export const FOOTER: RecordingFooter = {
  type: "footer",
  t: 9_000_000_000,
  ledger: {
    counted: 10,
    received: 9,
    lost: 1,
    skipped: 0,
    unparsed: 0,
    evicted: 0,
    balanced: true,
  },
};

const tuple = {
  netns: 4026531840,
  local: "10.0.0.1",
  localPort: 443,
  remote: "2001:db8::7",
  remotePort: 51234,
};
const mark = { cpu: 1, seq: 77, held: true };
const task = { pid: 4242, comm: "nginx" };
const sk = "ffff888112233440";

/** A transition at `t`, all of its evidence filled in. */
export function transitionAt(t: number, seq = 0): Required<TransitionEvent> {
  return {
    type: "transition",
    t,
    ...tuple,
    cpu: seq % 4,
    seq,
    held: true,
    sk,
    from: "ESTABLISHED",
    to: "FIN_WAIT1",
    ...task,
    shutdown: 3,
    error: 0,
    orphan: false,
    finReceived: true,
    inProcess: true,
    exiting: false,
    linger: false,
    closing: true,
    recvQ: 0,
    sendQ: 1,
    sendWindow: 65536,
    srttUs: 234,
    bytesSent: 12345,
    bytesReceived: 2345,
    inode: 98765,
  };
}

/** The compiler wants every type here, and every optional field of it: so each one is tested. */
const SAMPLE_OF: {
  readonly [T in TraceEvent["type"]]: Required<Extract<TraceEvent, { type: T }>>;
} = {
  transition: transitionAt(1_000_000),
  retransmit: {
    type: "retransmit",
    t: 2e6,
    ...tuple,
    ...mark,
    sk,
    state: "FIN_WAIT1",
    flags: 17,
    length: 0,
    cause: "RTO",
    failed: false,
    orphan: true,
    rtoMs: 204.5,
    backoff: 1,
  },
  reset: {
    type: "reset",
    t: 3e6,
    ...tuple,
    ...mark,
    direction: "sent",
    sk: null,
    state: null,
    reason: null,
    answering: true,
  },
  open: { type: "open", t: 4e6, how: "accept", netns: 4026531840, sk, ...task, fd: 11 },
  read: { type: "read", t: 5e6, netns: 4026531840, sk, bytes: 0, ...task, ...mark },
  use: {
    type: "use",
    t: 5e6,
    netns: 4026531840,
    sk,
    inode: 99_001,
    isWrite: true,
    ...task,
    ...mark,
  },
  destroy: { type: "destroy", t: 5e6, netns: 4026531840, sk, ...task, ...mark },
  "mini-segment": {
    type: "mini-segment",
    t: 6e6,
    ...tuple,
    ...mark,
    sk,
    substate: "TIME_WAIT",
    isAlive: true,
    flags: 17,
  },
  "mini-end": { type: "mini-end", t: 7e6, ...tuple, ...mark, sk, substate: "FIN_WAIT2" },
  snapshot: {
    type: "snapshot",
    t: 8e6,
    since: 7e6,
    dump: 3,
    ...tuple,
    state: "CLOSE_WAIT",
    recvQ: 1,
    sendQ: 0,
    inode: 98765,
    uid: 33,
    timer: "keepalive",
    timerMs: 12_300,
    retries: 0,
    cookie: "1f2e",
    bytesAcked: 12346,
    bytesReceived: 2346,
    sendWindow: 70_656,
    lastSentMs: 12_000,
    lastReceivedMs: 90_000,
  },
  "snapshot-end": {
    type: "snapshot-end",
    t: 9e6,
    since: 7e6,
    dump: 3,
    netns: 4026531840,
    states: ["CLOSE_WAIT", "TIME_WAIT"],
    rows: 1,
  },
  owner: {
    type: "owner",
    t: 10e6,
    inode: 98765,
    ...task,
    fds: [11, 12],
    startTicks: 123456,
    scan: 2,
  },
  process: {
    type: "process",
    t: 11e6,
    ...task,
    startTicks: 123456,
    exe: "/usr/sbin/nginx",
    cmdline: "nginx: worker\u2028process\n",
    uid: 33,
    unit: "nginx.service",
    container: null,
    pod: "6f1c3a52-0000-4000-8000-1234567890ab",
    user: "www-data",
    parent: 1,
    startedAt: -86_400e9,
    fdLimit: 1024,
    fdCount: 17,
  },
  threads: {
    type: "threads",
    t: 11e6,
    pid: 812,
    startTicks: 123456,
    threads: 12,
    isPartial: true,
    groups: [
      { count: 11, state: "S", wchan: "futex_do_wait", syscall: "futex", fd: null },
      { count: 1, state: "S", wchan: "ep_poll", syscall: "epoll_wait", fd: 5 },
    ],
  },
  host: {
    type: "host",
    t: 12e6,
    netns: 4026531840,
    counters: { "TcpExt.TCPTimeouts": 5 },
    sysctls: { "net.ipv4.tcp_fin_timeout": "60" },
  },
  heartbeat: {
    type: "heartbeat",
    t: 13e6,
    wall: "2026-11-21T05:00:00.136Z",
    counted: 12,
    received: 12,
    lost: 0,
    unparsed: 0,
    skipped: 0,
    balanced: true,
  },
  detail: {
    type: "detail",
    t: 13.5e6,
    ...mark,
    detail: "summary",
    cause: "changes",
    figure: 4200,
  },
  counts: {
    type: "counts",
    t: 13.7e6,
    groups: [
      {
        netns: 4026531840,
        side: "in",
        port: 443,
        role: "passive",
        verdict: "graceful",
        count: 12,
        stays: {
          ESTABLISHED: [
            [15_360, 5],
            [1_114_112, 7],
          ],
          LAST_ACK: [[20_480, 12]],
        },
      },
    ],
  },
  gap: { type: "gap", t: 14e6, from: 13e6, cause: "lost", count: 4, cpu: 1 },
};

export const SAMPLES: readonly TraceEvent[] = Object.values(SAMPLE_OF);

/** A whole recording as text, one transition a millisecond. */
export function recordingText(count: number): string {
  const lines: unknown[] = [HEADER];
  for (let seq = 0; seq < count; seq++) lines.push(transitionAt(1_000_000 * (seq + 1), seq));
  lines.push(FOOTER);
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}
