/** Rows of the real kernel decode exactly; rows that no probe prints decode to nothing. */
import { describe, expect, test } from "vitest";
import { decodeRecord } from "../../src/event/recording-codec.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { WireDecoder } from "../../src/event/wire.ts";
import { type Chance, seeded } from "./seeded.ts";
import { ORIGIN_NS, REASONS, ROWS, type RowName } from "./wire-rows.ts";

const decoder = new WireDecoder({ originNs: ORIGIN_NS, resetReasons: REASONS, hz: 250 });
const names = Object.keys(ROWS) as RowName[];

function decode(row: string): readonly TraceEvent[] | null {
  return decoder.decode(row);
}

/** `t` of a row that begins with these nanoseconds. */
function since(hex: string): number {
  return Number(BigInt(`0x${hex}`) - ORIGIN_NS);
}

const v4 = { netns: 0xf00008bf, local: "127.0.0.1", remote: "127.0.0.1" };
const other = { netns: 0xf0000151, local: "127.0.0.1", remote: "127.0.0.1" };
const quiet = {
  error: 0,
  orphan: false,
  finReceived: false,
  exiting: false,
  linger: false,
  recvQ: 0,
  sendQ: 0,
};

describe("rows of Linux 6.18.44", () => {
  const connector = { pid: 18603, comm: 'q"a b\\c\u00e9 z' };
  const cases: Record<RowName, readonly unknown[]> = {
    connect: [
      {
        type: "transition",
        t: since("46b9350d037"),
        cpu: 1,
        seq: 0x2,
        sk: "ffff88812902c0c0",
        ...v4,
        localPort: 0x0,
        remotePort: 0x90f7,
        from: "CLOSE",
        to: "SYN_SENT",
        ...quiet,
        shutdown: 0,
        inProcess: true,
        closing: false,
        sendWindow: 0x0,
        srttUs: 0x0,
        bytesSent: 0,
        bytesReceived: 0,
        inode: 0x26c6e9,
        ...connector,
      },
      {
        type: "open",
        t: since("46b9350d037"),
        how: "connect",
        netns: 0xf00008bf,
        sk: "ffff88812902c0c0",
        fd: null,
        ...connector,
      },
    ],
    child: [
      {
        type: "transition",
        t: since("46b96b66569"),
        cpu: 1,
        seq: 0x13,
        sk: "ffff88810a2ae180",
        netns: 0xf00008bf,
        local: "::1",
        localPort: 0x99eb,
        remote: "::1",
        remotePort: 0xa5d0,
        from: "LISTEN",
        to: "SYN_RECV",
        ...quiet,
        shutdown: 0,
        inProcess: false,
        closing: false,
        sendWindow: 0x0,
        srttUs: 0x0,
        bytesSent: 0,
        bytesReceived: 0,
        inode: 0x0,
        pid: 18603,
        comm: "sixteen-bytes-x",
      },
    ],
    close: [
      {
        type: "transition",
        t: since("46b93718586"),
        cpu: 1,
        seq: 0x7,
        sk: "ffff88812902c0c0",
        ...v4,
        localPort: 0xdc12,
        remotePort: 0x90f7,
        from: "ESTABLISHED",
        to: "FIN_WAIT1",
        ...quiet,
        shutdown: 3,
        inProcess: true,
        closing: true,
        sendWindow: 0x10000,
        srttUs: 0x25,
        bytesSent: 5,
        bytesReceived: 0,
        inode: 0x26c6e9,
        ...connector,
      },
    ],
    closeWait: [
      {
        type: "transition",
        t: since("46b9a103296"),
        cpu: 1,
        seq: 0x25,
        sk: "ffff88810a2aa700",
        netns: 0xf00008bf,
        local: "::ffff:127.0.0.1",
        localPort: 0x8987,
        remote: "::ffff:127.0.0.1",
        remotePort: 0xa7a6,
        from: "ESTABLISHED",
        to: "CLOSE_WAIT",
        ...quiet,
        finReceived: true,
        shutdown: 1,
        inProcess: false,
        closing: false,
        recvQ: 1,
        sendWindow: 0x10000,
        srttUs: 0x40,
        bytesSent: 0,
        bytesReceived: 1,
        inode: 0x26c6f0,
        pid: 18603,
        comm: "a b  c ",
      },
    ],
    miniBirth: [
      {
        type: "transition",
        t: since("46d61e1e830"),
        cpu: 1,
        seq: 0x1c,
        sk: "ffff88812902a500",
        ...other,
        localPort: 0xe698,
        remotePort: 0x1e61,
        from: "FIN_WAIT2",
        to: "CLOSE",
        ...quiet,
        orphan: true,
        shutdown: 3,
        inProcess: false,
        closing: false,
        sendWindow: 0x10000,
        srttUs: 0x216,
        bytesSent: 0,
        bytesReceived: 0,
        inode: 0x0,
        pid: 22,
        comm: "ksoftirqd/1",
      },
    ],
    linger: [
      {
        type: "transition",
        t: since("46ba674696e"),
        cpu: 1,
        seq: 0x4c,
        sk: "ffff88810a2ae180",
        netns: 0xf00008bf,
        local: "::1",
        localPort: 0xe97a,
        remote: "::1",
        remotePort: 0x9d73,
        from: "ESTABLISHED",
        to: "CLOSE",
        ...quiet,
        linger: true,
        shutdown: 3,
        inProcess: true,
        closing: true,
        sendWindow: 0xffb8,
        srttUs: 0x21,
        bytesSent: 0,
        bytesReceived: 0,
        inode: 0x26c6f8,
        pid: 18603,
        comm: "l1\nl2 9 FIN",
      },
    ],
    blindTransition: [
      {
        type: "transition",
        t: since("46fe4327b6e"),
        cpu: 1,
        seq: 0x6,
        sk: "ffff88812902e5c0",
        netns: 0,
        local: "127.0.0.1",
        localPort: 0xaeb2,
        remote: "127.0.0.1",
        remotePort: 0xebbd,
        from: "ESTABLISHED",
        to: "FIN_WAIT1",
        pid: 18828,
        comm: "python3",
      },
    ],
    blindTransition6: [
      {
        type: "transition",
        t: since("46fe435d73a"),
        cpu: 1,
        seq: 0xd,
        sk: "ffff88810a2aa700",
        netns: 0,
        local: "::1",
        localPort: 0x0,
        remote: "::1",
        remotePort: 0xe99f,
        from: "CLOSE",
        to: "SYN_SENT",
        pid: 18828,
        comm: "python3",
      },
    ],
    lossProbe: [
      {
        type: "retransmit",
        t: since("46d3cafda63"),
        cpu: 1,
        seq: 0x17,
        sk: "ffff88812902a500",
        ...other,
        localPort: 0xe698,
        remotePort: 0x1e61,
        state: "FIN_WAIT1",
        flags: 0x11,
        length: 0,
        cause: "TLP",
        failed: false,
        orphan: true,
        backoff: 0,
        rtoMs: 200,
      },
    ],
    timeout: [
      {
        type: "retransmit",
        t: since("46d61a44376"),
        cpu: 1,
        seq: 0x19,
        sk: "ffff88812902a500",
        ...other,
        localPort: 0xe698,
        remotePort: 0x1e61,
        state: "FIN_WAIT1",
        flags: 0x11,
        length: 0,
        cause: "RTO",
        failed: false,
        orphan: true,
        backoff: 1,
        rtoMs: 400,
      },
    ],
    dataResent: [
      {
        type: "retransmit",
        t: since("46e31bb2d2b"),
        cpu: 1,
        seq: 0x47,
        sk: "ffff888129028940",
        ...other,
        localPort: 0xc252,
        remotePort: 0x1e62,
        state: "FIN_WAIT1",
        flags: 0x18,
        length: 3,
        cause: "TLP",
        failed: false,
        orphan: true,
        backoff: 0,
        rtoMs: 204,
      },
    ],
    synResent: [
      {
        type: "retransmit",
        t: since("46eb33de8a5"),
        cpu: 1,
        seq: 0x53,
        sk: "ffff88812902e5c0",
        ...other,
        localPort: 0xb3d6,
        remotePort: 0x1e63,
        state: "SYN_SENT",
        flags: 2,
        length: 0,
        cause: "RTO",
        failed: false,
        orphan: false,
        backoff: 0,
        rtoMs: 1000,
      },
    ],
    blindResent: [
      {
        type: "retransmit",
        t: since("46ff0d00874"),
        cpu: 1,
        seq: 0x1f,
        sk: "ffff88812902a500",
        netns: 0,
        local: "127.0.0.1",
        localPort: 0xaebe,
        remote: "127.0.0.1",
        remotePort: 0xebbd,
        state: "ESTABLISHED",
        flags: null,
        length: null,
        cause: "unknown",
        failed: false,
      },
    ],
    resetSent: [
      {
        type: "reset",
        t: since("46ba6764e73"),
        cpu: 1,
        seq: 0x4f,
        direction: "sent",
        sk: "ffff88810a2ae180",
        netns: 0xf00008bf,
        local: "::1",
        localPort: 0xe97a,
        remote: "::1",
        remotePort: 0x9d73,
        state: "CLOSE",
        reason: "TCP_STATE",
        answering: false,
      },
    ],
    resetByMini: [
      {
        type: "reset",
        t: since("46da850bc1e"),
        cpu: 1,
        seq: 0x36,
        direction: "sent",
        sk: "ffff888125f42d00",
        ...other,
        localPort: 0xeb9c,
        remotePort: 0xa171,
        state: "TIME_WAIT",
        reason: "TCP_TIMEWAIT_SOCKET",
        answering: true,
      },
    ],
    resetReceived: [
      {
        type: "reset",
        t: since("46ba7b3f687"),
        cpu: 1,
        seq: 0x53,
        direction: "received",
        sk: "ffff88812902d340",
        ...v4,
        localPort: 0xa32a,
        remotePort: 0x1,
        state: "SYN_SENT",
        reason: null,
      },
    ],
    accept: [
      {
        type: "open",
        t: since("46b9369c348"),
        cpu: 1,
        seq: 0x6,
        how: "accept",
        netns: 0xf00008bf,
        sk: "ffff88812902a500",
        fd: 5,
        ...connector,
      },
    ],
    read: [
      {
        type: "read",
        t: since("46b9a10d428"),
        cpu: 1,
        seq: 0x26,
        netns: 0xf00008bf,
        sk: "ffff88810a2aa700",
        bytes: 0,
        pid: 18603,
        comm: "a b  c ",
      },
    ],
    use: [
      {
        type: "use",
        t: since("164f72fc33de"),
        cpu: 1,
        seq: 0x7,
        netns: 0xeffffff9,
        sk: "ffff88843d009bc0",
        inode: 0xc9451e,
        isWrite: false,
        pid: 19307,
        comm: "python3",
      },
    ],
    readLast: [
      {
        type: "read",
        t: since("46b93877d1b"),
        cpu: 1,
        seq: 0x9,
        netns: 0xf00008bf,
        sk: "ffff88812902a500",
        bytes: 5,
        ...connector,
      },
    ],
    letGo: [
      {
        type: "destroy",
        t: since("46ba303c6bd"),
        cpu: 1,
        seq: 0x44,
        netns: 0xf00008bf,
        sk: "ffff88812902a500",
        pid: 18603,
        comm: "l1\nl2 9 FIN",
      },
    ],
    finalFin: [
      {
        type: "mini-segment",
        t: since("46da3074a58"),
        cpu: 1,
        seq: 0x1f,
        sk: "ffff888125f42a00",
        ...other,
        localPort: 0xe698,
        remotePort: 0x1e61,
        substate: "TIME_WAIT",
        flags: 0x11,
        isAlive: true,
      },
    ],
    miniKilled: [
      {
        type: "mini-segment",
        t: since("46da851699f"),
        cpu: 1,
        seq: 0x37,
        sk: "ffff888125f42d00",
        ...other,
        localPort: 0xeb9c,
        remotePort: 0xa171,
        substate: "FIN_WAIT2",
        flags: 0x18,
        isAlive: false,
      },
    ],
    miniEnd: [
      {
        type: "mini-end",
        t: since("46de16ebb3b"),
        cpu: 1,
        seq: 0x3b,
        sk: "ffff888125f42f00",
        ...other,
        localPort: 0xe91e,
        remotePort: 0xa1bd,
        substate: "FIN_WAIT2",
      },
    ],
  };

  test.each(names)("%s", (name) => {
    expect(decode(ROWS[name])).toEqual(cases[name]);
  });

  test.each(names)("%s passes the codec of recordings", (name) => {
    for (const event of decode(ROWS[name]) ?? []) {
      expect(decodeRecord(JSON.parse(JSON.stringify(event)))).toEqual({ kind: "event", event });
    }
  });

  test("a reason that the kernel does not name is none", () => {
    const blind = new WireDecoder({ originNs: ORIGIN_NS, resetReasons: new Map(), hz: null });
    expect(blind.decode(ROWS.resetSent)).toMatchObject([{ reason: null }]);
  });

  test("without the tick rate no timeout is claimed", () => {
    const blind = new WireDecoder({ originNs: ORIGIN_NS, resetReasons: REASONS, hz: null });
    expect(blind.decode(ROWS.timeout)?.[0]).not.toHaveProperty("rtoMs");
  });
});

describe("what a re-sent segment was", () => {
  function resent(change: Readonly<Record<number, string>>): TraceEvent | undefined {
    const fields = ROWS.dataResent.trimEnd().split(" ");
    for (const [at, text] of Object.entries(change)) fields[Number(at)] = text;
    return decode(`${fields.join(" ")}\n`)?.[0];
  }

  test.each([
    ["data and FIN collapsed", { 14: "19", 15: "10", 16: "15" }, { length: 4, flags: 0x19 }],
    ["sequence numbers that wrap", { 15: "fffffffe", 16: "3" }, { length: 5 }],
    ["a SYN with data", { 14: "2", 15: "0", 16: "b" }, { length: 10 }],
    ["failed on this host", { 17: "1" }, { failed: true }],
    ["a fast retransmit", { 18: "1" }, { cause: "fast" }],
    ["still held", { 22: "10" }, { orphan: false }],
  ])("%s", (_, change, expected) => {
    expect(resent(change)).toMatchObject(expected);
  });
});

describe("time", () => {
  test("is exact where the boot clock is beyond 2^53", () => {
    const originNs = (1n << 53n) + 1n;
    const late = new WireDecoder({ originNs, resetReasons: REASONS, hz: 250 });
    expect(late.time(((1n << 53n) + 4n).toString(16))).toBe(3);
    expect(late.time((1n << 53n).toString(16))).toBe(-1);
  });

  test("is exact for every pair of clocks less than 104 days apart", () => {
    const chance = seeded(20_261_121);
    for (let i = 0; i < 20_000; i++) {
      const originNs = BigInt(chance(2 ** 31)) * BigInt(chance(2 ** 31));
      const apart = BigInt(chance(2 ** 26)) * BigInt(chance(2 ** 27));
      const at = chance(2) === 0 || apart > originNs ? originNs + apart : originNs - apart;
      const one = new WireDecoder({ originNs, resetReasons: REASONS, hz: null });
      expect(one.time(at.toString(16))).toBe(Number(at - originNs));
    }
  });
});

describe("hostile names of processes", () => {
  const texts = [
    "",
    " ",
    "   ",
    "a b  c ",
    "\n",
    "a\n",
    "S 0 0 0",
    "- - -",
    "sixteen-bytes-xy",
    "\u202e\u0000",
  ];
  const rows = ["close", "accept", "read", "letGo", "blindTransition"] as const;

  test.each(rows.flatMap((row) => texts.map((comm) => [row, comm] as const)))(
    "%s: %j",
    (row, comm) => {
      const fields: Record<(typeof rows)[number], number> = {
        close: 28,
        accept: 8,
        read: 8,
        letGo: 7,
        blindTransition: 28,
      };
      const head = ROWS[row].split(" ").slice(0, fields[row]).join(" ");
      const plain = decode(`${head} x\n`)?.[0];
      expect(decode(`${head} ${comm}\n`)?.[0]).toEqual({ ...plain, comm });
    },
  );
});

describe("a row that no probe prints", () => {
  test.each(["", "\n", " ", "S", "S \n", "Q 1 2 3", "ready 1 2", "toString 1 2", "__proto__"])(
    "%j is nothing",
    (row) => {
      expect(decode(row)).toBeNull();
    },
  );

  test.each(names)("%s with a field short is nothing", (name) => {
    const fields = ROWS[name].trimEnd().split(" ");
    const isNamed = /^[SAFDU]/.test(ROWS[name]);
    // A name may hold spaces, so where one ends the row only its numbers can be short.
    const least = isNamed
      ? { S: 28, A: 8, F: 8, D: 7, U: 9 }[ROWS[name][0] as "S"]
      : fields.length - 1;
    for (let length = 1; length <= least; length++) {
      expect(decode(fields.slice(0, length).join(" "))).toBeNull();
    }
  });

  test.each(names.filter((name) => !/^[SAFDU]/.test(ROWS[name])))(
    "%s with a field more is nothing",
    (name) => {
      expect(decode(ROWS[name].replace("\n", " 0\n"))).toBeNull();
    },
  );

  test.each(names)("%s with text for a number is nothing", (name) => {
    const fields = ROWS[name].trimEnd().split(" ");
    const numbers = { S: 27, A: 7, F: 7, D: 6 }[ROWS[name][0] as "S"] ?? fields.length;
    const texts = new Set([4, 6, 7, 8, 9, 10]); // socket, family, addresses
    for (let at = 1; at < numbers; at++) {
      const isTuple = /^[SRXYWE]/.test(ROWS[name]);
      if (fields[at] === "-" || (isTuple ? texts.has(at) : at === 4)) continue;
      const bad = [...fields];
      bad[at] = "zz";
      const events = decode(bad.join(" "));
      for (const event of events ?? []) expect(faultOf(event), `field ${at}`).toBeNull();
    }
  });
});

/** What a recording's reader would say against an event, or null. */
function faultOf(event: TraceEvent): string | null {
  const decoded = decodeRecord(JSON.parse(JSON.stringify(event)));
  if (decoded.kind === "event") return null;
  return decoded.kind === "malformed" ? decoded.why : decoded.kind;
}

test("of 50,000 damaged rows none throws, and what is read would be read again", () => {
  const chance = seeded(7);
  let read = 0;
  for (let i = 0; i < 50_000; i++) {
    const row = damaged(ROWS[names[chance(names.length)] as RowName], chance);
    for (const event of decode(row) ?? []) {
      read++;
      expect(faultOf(event), JSON.stringify(row)).toBeNull();
    }
  }
  expect(read).toBeGreaterThan(1000);
});

const JUNK = [
  "",
  " ",
  "-",
  "-1",
  "zz",
  "ffffffffffffffff",
  "1e9",
  "0x1",
  ":",
  ".",
  "\n",
  "\u0000",
  "NaN",
  "9".repeat(40),
];

function damaged(row: string, chance: Chance): string {
  const fields = row.split(" ");
  for (let times = 1 + chance(3); times > 0; times--) {
    const at = chance(fields.length);
    const junk = JUNK[chance(JUNK.length)] as string;
    switch (chance(5)) {
      case 0:
        fields[at] = junk;
        break;
      case 1:
        fields.splice(at, 1);
        break;
      case 2:
        fields.splice(at, 0, junk);
        break;
      case 3:
        fields.length = at + 1;
        break;
      default: {
        const field = fields[at] ?? "";
        const cut = chance(field.length + 1);
        fields[at] = field.slice(0, cut) + junk + field.slice(cut + chance(2));
      }
    }
  }
  return fields.join(" ");
}
