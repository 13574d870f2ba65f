/** A packed endpoint says what it would have said, and goes on as one that never was packed. */
import { expect, test } from "vitest";
import { EndpointRecord } from "../../src/core/endpoint-record.ts";
import { PackedRows } from "../../src/core/packed-rows.ts";
import { Packer } from "../../src/core/packer.ts";
import { noteResentFin, noteWave } from "../../src/core/waves.ts";
import { TCP_STATES, type TcpState } from "../../src/event/tcp-state.ts";
import { type Chance, seeded } from "../event/seeded.ts";
import { factsOf } from "./facts.ts";

const TUPLE = {
  netns: 4026531840,
  local: "10.0.0.1",
  localPort: 65_535,
  remote: "10.0.0.2",
  remotePort: 40_000,
};
const STATES = TCP_STATES.filter((state) => state !== null);
const OWNERS = [7, 8].map((pid) => ({
  pid,
  comm: "nginx",
  source: "accept" as const,
  confidence: "certain" as const,
}));

type Change = (endpoint: EndpointRecord) => void;

/** Something that happens to an endpoint at this time; the same to whomever it is done. */
function change(chance: Chance, at: number): Change {
  const one = <T>(...items: readonly T[]) => items[chance(items.length)] as T;
  const state: TcpState = one(...STATES);
  const evidence = one("observed", "snapshot", "inferred" as const);
  const isSo = chance(2) === 0;
  const figure = one(null, 0, chance(1e9), 0xffff_ffff, 2 ** 33 + chance(100), 0.5);
  const maybeAt = isSo ? null : at + chance(3);
  const owner = one(...OWNERS, null);
  return one<Change>(
    (each) => each.enterPhase(state, at, evidence, isSo),
    (each) => each.enterPhase(state, at, evidence, isSo),
    (each) => each.endPhase(at),
    (each) => each.judgePhase(evidence),
    (each) => each.dropPhase(),
    (each) => noteWave(each, one(1, 2, 3, 4), one("local", "remote"), maybeAt, evidence),
    (each) => noteResentFin(each, isSo ? "local" : "remote"),
    (each) => Object.assign(each, { owner, ownedAt: at }),
    (each) => each.holdThrough(chance(9)),
    (each) => Object.assign(each, { holders: [{ pid: 9, comm: "other", fds: [1] }] }),
    (each) => Object.assign(each, { state, direction: one("in", "out", null) }),
    (each) => Object.assign(each, { touchedAt: at }),
    (each) => Object.assign(each, { lastDump: at }),
    (each) => Object.assign(each, { isMini: true, expiresAt: at + 60 }),
    (each) => Object.assign(each, { expiresAt: maybeAt }),
    (each) => Object.assign(each, { endedAt: maybeAt, expiresAt: null, isMini: false }),
    (each) => Object.assign(each, { teardownAt: at, role: "active", trigger: "close" }),
    (each) => Object.assign(each, { verdict: "graceful", orphan: isSo, lastReadAt: maybeAt }),
    (each) => Object.assign(each, { bytesSent: figure, inode: one(null, 0, 5, figure) }),
    (each) => Object.assign(each, { bytesReceived: figure, srttUs: figure }),
    (each) => Object.assign(each, { unread: "drained", unreadBytes: one(null, 3) }),
    (each) => Object.assign(each, { eofRead: isSo, isComplete: !isSo, finHasRoom: isSo }),
    (each) => Object.assign(each, { note: "odd", teardownNo: at }),
    (each) => Object.assign(each, { reset: { at, direction: "sent", reason: null } }),
    (each) => Object.assign(each, { sk: isSo ? null : "ffff888100000980" }),
  );
}

/** The same choices for each to whom it happens. */
function happen(seed: number, at: number, ...endpoints: readonly EndpointRecord[]): void {
  for (const each of endpoints) change(seeded(seed), at)(each);
}

function record(): EndpointRecord {
  return new EndpointRecord(1, TUPLE, "ffff888100000980", "SYN_SENT", 100);
}

test("whatever happens before and after", () => {
  const chance = seeded(3);
  const packer = new Packer();
  let packed = 0;
  for (let life = 0; life < 400; life++) {
    const plain = record();
    const twin = record();
    if (chance(4) > 0) for (const each of [plain, twin]) each.sk = null;
    let at = 100;
    for (let step = chance(25); step > 0; step--) {
      happen(chance(1e9), at, plain, twin);
      if (chance(3) === 0) packer.take(twin);
      if (chance(3) === 0) {
        twin.pack(() => {
          packed++;
          return new PackedRows();
        });
      }
      const facts = factsOf(plain);
      expect(factsOf(twin)).toEqual(facts);
      expect(twin.running).toEqual(plain.running);
      expect(factsOf(twin.copy())).toEqual(facts);
      at += chance(4) === 0 ? -1 : chance(40);
    }
  }
  expect(packed).toBeGreaterThan(300);
});

test("copies that were packed together do not move each other", () => {
  const chance = seeded(4);
  for (let round = 0; round < 200; round++) {
    const rows = new PackedRows();
    const originals = Array.from({ length: 5 }, () => {
      const made = record();
      made.sk = null;
      for (let step = chance(8); step > 0; step--) happen(chance(1e9), 100 + step, made);
      made.pack(() => rows);
      return made;
    });
    const before = originals.map(factsOf);
    const theirs = rows.copy();
    const copies = originals.map((each) => each.copy(() => theirs));
    for (const each of copies) {
      Object.assign(each, { touchedAt: 500, lastDump: 6 });
      happen(chance(1e9), 500, each);
    }
    expect(originals.map(factsOf)).toEqual(before);
    const after = copies.map(factsOf);
    for (const each of originals) happen(chance(1e9), 600, each);
    expect(copies.map(factsOf)).toEqual(after);
  }
});

test("a usual teardown takes 100 bytes of a set of rows", () => {
  const rows = new PackedRows();
  let packed = 0;
  for (let isFull = false; !isFull; ) {
    const each = new EndpointRecord(packed, TUPLE, null, "SYN_SENT", packed);
    each.owner = OWNERS[packed % 2] ?? null;
    each.ownedAt = packed;
    let at = packed;
    for (const state of ["ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT"] as const) {
      each.enterPhase(state, ++at, "observed", false);
    }
    for (const n of [1, 2, 3, 4] as const) noteWave(each, n, "local", at, "observed");
    Object.assign(each, { teardownAt: packed + 2, expiresAt: at + 60e9, isMini: true });
    Object.assign(each, { bytesSent: 517, bytesReceived: 2048, srttUs: 120, inode: 30_000 });
    each.pack((facts) => {
      isFull = !rows.hasRoomFor(facts);
      return isFull ? new PackedRows() : rows;
    });
    packed++;
  }
  expect(packed).toBeGreaterThan((64 * 1024) / 100);
});
