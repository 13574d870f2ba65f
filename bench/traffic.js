// @ts-check
// Makes synthetic recordings of any size for the benchmarks; the header says that they are synthetic.

import { once } from "node:events";
import { createWriteStream } from "node:fs";

const NETNS = 4026531840;

/** @param {number} startedAt milliseconds since 1970 */
export const header = (startedAt) => ({
  type: "header",
  schema: 1,
  program: "lastack",
  version: "0.0.0-bench",
  startedAt: new Date(startedAt).toISOString().replace("Z", "000000Z"),
  bootId: "00000000-0000-0000-0000-000000000000",
  hostname: "bench",
  kernel: "synthetic",
  bpftrace: "none",
  probes: ["tcp_set_state", "time_wait", "time_wait_end"],
  detail: "transitions",
  filters: {},
  sysctls: { "net.ipv4.tcp_fin_timeout": "60" },
  origin: "synthetic",
});

/**
 * The events of one connection to one of 64 services, as the probes report a plain close():
 * eight state changes, the accept, the FIN that the mini-socket takes, and its end 60 s later.
 *
 * @param {number} i @param {number} t nanoseconds @param {number} life nanoseconds
 */
function* connection(i, t, life) {
  const port = 1024 + (Math.floor(i / 64) % 60_000);
  const remote = `10.0.1.${i % 64}`;
  const sk = `ffff8881${(i * 2432).toString(16).padStart(8, "0").slice(-8)}`;
  const tuple = { netns: NETNS, local: "10.0.0.1", localPort: port, remote, remotePort: 443 };
  const task = { pid: 1000 + (i % 50), comm: "bench" };
  /** @param {number} at @param {string} from @param {string} to @param {object} more */
  const change = (at, from, to, more) => ({
    type: "transition",
    t: at,
    cpu: i & 1,
    seq: 0,
    sk,
    ...tuple,
    ...(to === "SYN_SENT" ? { localPort: 0 } : {}),
    from,
    to,
    shutdown: to === "SYN_SENT" || to === "ESTABLISHED" ? 0 : 3,
    error: 0,
    orphan: false,
    finReceived: false,
    inProcess: true,
    exiting: false,
    linger: false,
    closing: false,
    recvQ: 0,
    sendQ: 0,
    sendWindow: 65_536,
    srttUs: 120,
    bytesSent: 517,
    bytesReceived: 2048,
    inode: 30_000 + i,
    ...task,
    ...more,
  });
  yield change(t, "CLOSE", "SYN_SENT", {});
  yield change(t + 50_000, "SYN_SENT", "ESTABLISHED", { inProcess: false });
  yield change(t + life, "ESTABLISHED", "FIN_WAIT1", { closing: true });
  yield change(t + life + 40_000, "FIN_WAIT1", "FIN_WAIT2", { orphan: true, inProcess: false });
  yield change(t + life + 45_000, "FIN_WAIT2", "CLOSE", { orphan: true, inProcess: false });
  const mini = { cpu: i & 1, seq: 0, sk: "ffff888200000000", ...tuple, substate: "TIME_WAIT" };
  yield { type: "mini-segment", t: t + life + 90_000, ...mini, flags: 17, isAlive: true };
  yield { type: "mini-end", t: t + life + 60e9, ...mini };
}

/**
 * The two events by which a connection comes to be and stays, one each microsecond.
 *
 * @param {number} i
 */
export function opening(i) {
  const events = connection(i, i * 1000, 2e9);
  return [events.next().value, { ...events.next().value, t: i * 1000 + 500 }];
}

/** Events of one connection, and how long it takes to be gone. */
export const PER_CONNECTION = 7;
export const NATURAL_LIFE_NS = 62e9;

/**
 * Write a recording.
 *
 * @param {string} path @param {number} count @param {number} alive
 */
export async function writeRecording(path, count, alive) {
  const out = createWriteStream(path, { mode: 0o600 });
  out.write(`${JSON.stringify(header(Date.UTC(2026, 0, 1)))}\n`);
  let text = "";
  let last = 0;
  for (const event of ordered(count, alive)) {
    last = event.t;
    text += `${JSON.stringify(event)}\n`;
    if (text.length < 1 << 20) continue;
    if (!out.write(text)) await once(out, "drain");
    text = "";
  }
  const ledger = {
    counted: count,
    received: count,
    lost: 0,
    skipped: 0,
    unparsed: 0,
    evicted: 0,
    balanced: true,
  };
  out.end(`${text}${JSON.stringify({ type: "footer", t: last, ledger })}\n`);
  await once(out, "finish");
}

/**
 * Events in order of time, with about `alive` endpoints alive.
 *
 * Connections begin at even steps, so their first, second … events form queues that are each in
 * order already; the earliest head is next.
 *
 * @param {number} count @param {number} alive
 */
export function* ordered(count, alive) {
  const life = 2e9;
  const step = NATURAL_LIFE_NS / alive;
  /** @type {any[][]} */
  const queues = Array.from({ length: PER_CONNECTION }, () => []);
  const heads = new Array(PER_CONNECTION).fill(0);
  let made = 0;
  let next = 0;
  for (;;) {
    let best = -1;
    let bestAt = next * step;
    for (let q = 0; q < PER_CONNECTION; q++) {
      const head = /** @type {any[]} */ (queues[q])[heads[q]];
      if (head !== undefined && head.t <= bestAt) {
        best = q;
        bestAt = head.t;
      }
    }
    if (best < 0) {
      let q = 0;
      for (const event of connection(next, Math.round(next * step), life)) queues[q++]?.push(event);
      next++;
      continue;
    }
    const queue = /** @type {any[]} */ (queues[best]);
    const event = queue[heads[best]];
    queue[heads[best]++] = undefined;
    if (heads[best] > 65_536) {
      queue.splice(0, heads[best]);
      heads[best] = 0;
    }
    yield event;
    if (++made >= count) return;
  }
}
