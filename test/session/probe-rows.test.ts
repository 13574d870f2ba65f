/** What bpftrace says becomes events, and every record that it sends is accounted for. */
import { describe, expect, test } from "vitest";
import type { BpftraceMessage } from "../../src/bpftrace-runner/index.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { WireDecoder } from "../../src/event/wire.ts";
import { LedgerAccount } from "../../src/session/ledger-account.ts";
import { type Beat, bootNsOf, ProbeRows } from "../../src/session/probe-rows.ts";
import { ORIGIN_NS, REASONS, ROWS } from "../event/wire-rows.ts";

function reader() {
  const account = new LedgerAccount();
  const beats: Beat[] = [];
  const events: TraceEvent[] = [];
  const decoder = new WireDecoder({ originNs: ORIGIN_NS, resetReasons: REASONS, hz: 250 });
  const rows = new ProbeRows(decoder, account, (beat) => beats.push(beat));
  const take = (...messages: readonly BpftraceMessage[]) => {
    for (const message of messages) rows.take(message, (event) => events.push(event));
  };
  return { account, beats, events, rows, take };
}

function print(data: string): BpftraceMessage {
  return { type: "printf", data };
}

function map(data: Record<string, unknown>): BpftraceMessage {
  return { type: "map", data };
}

/** A row with another place in the kernel's output. */
function at(row: string, cpu: number, seq: number): BpftraceMessage {
  const fields = row.split(" ");
  fields[2] = cpu.toString(16);
  fields[3] = seq.toString(16);
  return print(fields.join(" "));
}

describe("rows", () => {
  test("a connect() is two events of one record", () => {
    const { account, events, take } = reader();
    take(at(ROWS.connect, 0, 1));
    expect(events.map(({ type }) => type)).toEqual(["transition", "open"]);
    expect(account).toMatchObject({ received: 1, lost: 0, unparsed: 0 });
  });

  test("the gap stands before the event that shows it", () => {
    const { account, events, take } = reader();
    take(at(ROWS.close, 1, 1), at(ROWS.accept, 1, 4));
    expect(events.map(({ type }) => type)).toEqual(["transition", "gap", "open"]);
    expect(events[1]).toMatchObject({ count: 2, cpu: 1, from: events[0]?.t, t: events[2]?.t });
    expect(account).toMatchObject({ received: 2, lost: 2 });
  });

  test.each([
    "",
    "Q 1 2 3\n",
    "S 1 2\n",
    ROWS.close.replace(" c1", " zz").replace(" 1 7 ", " 1 zz "),
    "constructor",
  ])("%j is counted as unreadable and ends nothing", (row) => {
    const { account, events, take } = reader();
    take(at(ROWS.close, 0, 1), print(row), at(ROWS.close, 0, 3));
    expect(account).toMatchObject({ received: 2, unparsed: 1, lost: 0 });
    expect(events.map(({ type }) => type)).toEqual(["transition", "gap", "transition"]);
    expect(events[1]).toMatchObject({ cause: "unparsed", count: 1 });
  });

  test("every form of row is a record", () => {
    const { account, take } = reader();
    for (const [i, row] of Object.values(ROWS).entries()) take(at(row, 0, i + 1));
    expect(account).toMatchObject({ received: Object.keys(ROWS).length, lost: 0, unparsed: 0 });
  });
});

describe("a heartbeat", () => {
  test("is complete with its two maps", () => {
    const { account, beats, rows, take } = reader();
    take(print("H 4355067552361 1795250919.621860\n"), map({ "@counted": 98 }));
    expect(beats).toEqual([]);
    take(map({ "@seq": { "0": 7, "1": 91 } }));
    expect(beats).toMatchObject([{ bootNs: 4355067552361n, counted: 98 }]);
    expect(account.counted).toBe(98);
    expect([...rows.lastSeqs]).toEqual([
      [0, 7],
      [1, 91],
    ]);
  });

  test("is no record, and its own loss is none", () => {
    const { account, beats, take } = reader();
    take(map({ "@counted": 5 }), map({ "@seq": { "0": 5 } }));
    expect(beats).toEqual([]);
    expect(account).toMatchObject({ counted: 5, received: 0, unparsed: 0 });
  });

  test("of a newer bpftrace, which writes large numbers as text", () => {
    const { account, rows, take } = reader();
    take(print("H 1 2\n"), map({ "@counted": "9007199254740993" }), map({ "@seq": { "0": "12" } }));
    expect(account.counted).toBe(9007199254740992);
    expect(rows.lastSeqs.get(0)).toBe(12);
  });

  test("before any record has been sent prints empty maps or none", () => {
    const { beats, take } = reader();
    take(print("H 1 2\n"), map({ "@counted": 0 }), map({ "@seq": {} }));
    expect(beats).toMatchObject([{ bootNs: 1n, counted: 0, seqs: new Map() }]);
  });

  test("carries a boot clock beyond 2^53 exactly", () => {
    expect(bootNsOf("H 9007199254740993 1.0\n")).toBe(9007199254740993n);
    expect(bootNsOf("ready 4354023930051 1795250918.578238\n")).toBe(4354023930051n);
    expect(bootNsOf("ready")).toBeNull();
    expect(bootNsOf("H x 1.0")).toBeNull();
  });
});

test.each<BpftraceMessage>([
  { type: "attached_probes", probes: 15 },
  { type: "lost_events", count: 3 },
  map({ "@read": { "1": 2 } }),
  map({ "@seq": null }),
  map({ "@seq": 5 }),
])("%j is neither event nor record", (message) => {
  const { account, beats, events, take } = reader();
  take(message);
  expect([events, beats]).toEqual([[], []]);
  expect(account).toMatchObject({ received: 0, unparsed: 0, lost: 0 });
});

describe("what the kernel only counts", () => {
  const group = BigInt.asIntN(64, (4026531840n << 32n) | (443n << 16n) | 0x39n).toString();

  test("is told once both maps have come, and counts nothing twice", () => {
    const { account, events, rows, take } = reader();
    const beat = print(`C ${(ORIGIN_NS + 5n).toString(16)}\n`);
    take(beat, map({ "@tallied": { [group]: 3 } }));
    expect(events).toEqual([]);
    take(map({ "@spent": { [`${group},${(1 << 8) | 3}`]: 3 } }));
    expect(events).toMatchObject([
      {
        type: "counts",
        t: 5,
        groups: [{ port: 443, count: 3, stays: { ESTABLISHED: [[4096, 3]] } }],
      },
    ]);
    take(beat, map({ "@tallied": { [group]: 3 } }), map({ "@spent": {} }));
    expect(events).toHaveLength(1);
    // As bpftrace ends it prints every map once more, in any order.
    take(map({ "@spent": {} }), map({ "@tallied": { [group]: 4 } }));
    expect(events).toHaveLength(1);
    expect(rows.countsAt(9)).toMatchObject([{ t: 9, groups: [{ count: 1 }] }]);
    expect(account).toMatchObject({ received: 0, unparsed: 0 });
  });

  test("is missing where it was left in the kernel", () => {
    const { rows, take } = reader();
    const [nine, seven] = [9 * 2 ** 32, 7 * 2 ** 32];
    take(map({ "@ring": { "0": [seven, 0, nine + 7, 0], "1": [0, seven + 4, nine + 9, 0] } }));
    expect(rows.leftBehind).toEqual({ rows: 2 + 3, lives: 0 });
    take(map({ "@life": { "18446612682070": [1, 2, "sh"], "7": [3, 4, "sh"] } }));
    expect(rows.leftBehind).toEqual({ rows: 2 + 3, lives: 2 });
  });

  test("is missing too where a ring has been filled more often than 32 bits count", () => {
    const { rows, take } = reader();
    const ring = ((1n << 32n) | 0xfffffffen).toString();
    take(map({ "@ring": { "0": [0, ring, "(a tuple)"], "1": "no tuple" } }));
    expect(rows.leftBehind.rows).toBe(3);
  });
});
