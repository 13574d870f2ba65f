/** Disorder: few tuples, few sockets, every kind of event, many of them senseless. */
import { TCP_STATES, type TcpState } from "../../src/event/tcp-state.ts";
import type { SocketTuple, TraceEvent } from "../../src/event/trace-event.ts";
import { tupleKey } from "../../src/event/tuple.ts";
import { type Chance, seeded } from "../event/seeded.ts";
import type { Whole } from "./cutting.ts";

const STATES = TCP_STATES.filter((state) => state !== null);
const MINIS = ["FIN_WAIT2", "TIME_WAIT"] as const;
const OVERFLOW = "TcpExt.TCPTimeWaitOverflow";

function oneOf<T>(chance: Chance, items: readonly T[]): T {
  return items[chance(items.length)] as T;
}

/** Four hosts' worth of chaos: both ends of few connections, in two namespaces. */
function tupleOf(chance: Chance): SocketTuple {
  const netns = 4026531840 + chance(2);
  const client = {
    address: oneOf(chance, ["10.0.0.1", "::ffff:10.0.0.1"]),
    port: 40_000 + chance(2),
  };
  const server = { address: "10.0.0.2", port: 443 };
  const [here, there] = chance(2) === 0 ? [client, server] : [server, client];
  const localPort = chance(12) === 0 ? 0 : here.port;
  return { netns, local: here.address, localPort, remote: there.address, remotePort: there.port };
}

/** A likely next state more often than any. */
const NEXT: Partial<Record<TcpState, readonly TcpState[]>> = {
  CLOSE: ["SYN_SENT"],
  LISTEN: ["SYN_RECV"],
  SYN_SENT: ["ESTABLISHED", "CLOSE"],
  SYN_RECV: ["ESTABLISHED", "CLOSE"],
  ESTABLISHED: ["FIN_WAIT1", "CLOSE_WAIT", "CLOSE"],
  FIN_WAIT1: ["FIN_WAIT2", "CLOSING", "CLOSE", "FIN_WAIT1"],
  FIN_WAIT2: ["CLOSE", "FIN_WAIT2"],
  CLOSE_WAIT: ["LAST_ACK", "CLOSE"],
  CLOSING: ["CLOSE"],
  LAST_ACK: ["CLOSE", "LAST_ACK"],
};

/** So many events in order of time, from a seed. */
export function disorder(seed: number, count: number): Whole {
  const chance = seeded(seed);
  const events: TraceEvent[] = [];
  const states = new Map<string, TcpState>();
  const held = new Set<string>();
  const inodes = new Map<string, number>();
  let t = 0;
  let dump = 0;
  for (let i = 0; i < count; i++) {
    t += oneOf(chance, [1, 2, 1000, 500_000, 100e6, 700e6, chance(40) === 0 ? 90e9 : 300e6]);
    events.push(anyEvent());
  }
  return { events, endNs: t, options: { seesMiniEnd: seed % 2 === 0 } };

  function anyEvent(): TraceEvent {
    const tuple = tupleOf(chance);
    const { netns } = tuple;
    const socket = chance(4);
    const sk = `ffff88810000000${socket}`;
    const mark = { cpu: chance(2), seq: 1 };
    const task = { pid: 100 + chance(4), comm: "app" };
    const inode = chance(4) === 0 ? 0 : 10 + socket;
    const rowInode = inodeOf({ ...tuple, localPort: tuple.localPort || 40_001 });
    const flag = () => chance(2) === 0;
    const kind = oneOf(chance, KINDS);
    // The kernel gives an address to nobody else while a process still holds its socket.
    if (kind === "transition" && held.delete(sk)) {
      return { type: "destroy", t, ...mark, netns, sk, ...task };
    }
    switch (kind) {
      case "transition": {
        const known = states.get(sk) ?? oneOf(chance, ["CLOSE", "LISTEN", "ESTABLISHED"] as const);
        const from = chance(10) === 0 ? oneOf(chance, STATES) : known;
        const to = chance(10) === 0 ? oneOf(chance, STATES) : oneOf(chance, NEXT[from] ?? STATES);
        states.set(sk, to);
        const [orphan, closing] = [flag(), flag()];
        if (to === "CLOSE" && !orphan && !closing) held.add(sk);
        return {
          type: "transition",
          t,
          ...tuple,
          ...mark,
          ...task,
          sk,
          from,
          to,
          inode,
          inProcess: flag(),
          orphan,
          closing,
          finReceived: flag(),
          error: oneOf(chance, [0, 0, 0, 104, 110]),
          recvQ: chance(3),
        };
      }
      case "retransmit":
        return {
          type: "retransmit",
          t,
          ...tuple,
          ...mark,
          sk,
          state: oneOf(chance, STATES),
          flags: oneOf(chance, [2, 16, 17]),
          length: chance(2),
          cause: "RTO",
          failed: chance(5) === 0,
        };
      case "reset":
        return {
          type: "reset",
          t,
          ...tuple,
          ...mark,
          sk: chance(3) === 0 ? null : sk,
          direction: flag() ? "sent" : "received",
          state: oneOf(chance, [null, "TIME_WAIT", "CLOSE", "ESTABLISHED"]),
          reason: oneOf(chance, [null, "TCP_ABORT_ON_DATA", "TCP_ABORT_ON_CLOSE"]),
        };
      case "open":
        return { type: "open", t, how: "accept", netns, sk, ...task, fd: chance(9) };
      case "use":
        return { type: "use", t, ...mark, netns, sk, inode, isWrite: flag(), ...task };
      case "read":
        return { type: "read", t, ...mark, netns, sk, bytes: chance(2), ...task };
      case "mini-segment":
        return {
          type: "mini-segment",
          t,
          ...tuple,
          ...mark,
          sk: "ffff88810000dead",
          substate: oneOf(chance, MINIS),
          flags: oneOf(chance, [4, 16, 17]),
          isAlive: flag(),
        };
      case "mini-end": {
        const substate = oneOf(chance, MINIS);
        return { type: "mini-end", t, ...tuple, ...mark, sk: "ffff88810000dead", substate };
      }
      case "snapshot":
        return {
          type: "snapshot",
          t,
          since: t - chance(3) * 1e9,
          dump,
          ...tuple,
          localPort: tuple.localPort || 40_001,
          state: oneOf(chance, STATES),
          recvQ: chance(3),
          sendQ: 0,
          inode: chance(4) === 0 ? 0 : rowInode,
          uid: 0,
          timer: oneOf(chance, [null, null, "timewait"]),
          timerMs: chance(60_000),
          retries: 0,
          cookie: null,
        };
      case "snapshot-end":
        return {
          type: "snapshot-end",
          t,
          since: t - chance(3) * 1e9,
          dump: dump++,
          netns,
          states: STATES.filter(() => chance(3) === 0),
          rows: 0,
        };
      case "owner":
        return {
          type: "owner",
          t,
          inode: oneOf(chance, [inode, rowInode]),
          ...task,
          fds: [chance(9)],
          startTicks: 1,
          scan: dump,
        };
      case "process":
        return {
          type: "process",
          t,
          ...task,
          startTicks: 1,
          exe: `/bin/${task.pid}`,
          cmdline: null,
          uid: 0,
          unit: null,
          container: null,
          fdLimit: 100,
          fdCount: chance(100),
        };
      case "host":
        return { type: "host", t, netns, counters: { [OVERFLOW]: chance(3), "sockstat.tw": i() } };
      case "gap":
        return { type: "gap", t, from: t - chance(3) * 1e9, cause: "lost", count: 1 };
      default:
        return {
          type: "heartbeat",
          t,
          wall: "2026-11-21T05:00:00Z",
          counted: 1,
          received: 1,
          lost: 0,
          unparsed: 0,
          skipped: 0,
        };
    }
  }

  /** Inodes of sockets are unique. */
  function inodeOf(tuple: SocketTuple): number {
    const key = tupleKey(tuple);
    const known = inodes.get(key) ?? 20 + inodes.size;
    inodes.set(key, known);
    return known;
  }

  function i(): number {
    return events.length;
  }
}

const KINDS: readonly TraceEvent["type"][] = [
  ...new Array<"transition">(14).fill("transition"),
  ...new Array<"snapshot">(3).fill("snapshot"),
  "mini-segment",
  "mini-end",
  "retransmit",
  "reset",
  "reset",
  "open",
  "read",
  "use",
  "snapshot-end",
  "owner",
  "owner",
  "process",
  "host",
  "heartbeat",
  "gap",
];
