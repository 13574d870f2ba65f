/** Totals that bpftrace prints become what was counted since, to the unit. */
import { expect, test } from "vitest";
import { CountedTotals } from "../../src/event/wire-counts.ts";

/** Accepted at port 443 of the first namespace and closed second: `3<<4 | LAST_ACK`. */
const SERVER = BigInt.asIntN(64, (4026531840n << 32n) | (443n << 16n) | 0x39n).toString();
/** Connected to port 80 and closed first. */
const CLIENT = BigInt.asIntN(64, (4026531840n << 32n) | (80n << 16n) | 0x25n).toString();
const OTHERS = String(0x25);
const ESTABLISHED = 1 << 8;

test("differences of totals, whichever map is read when", () => {
  const totals = new CountedTotals();
  totals.take({ [SERVER]: 10, [OTHERS]: 1 });
  totals.take({ [`${SERVER},${ESTABLISHED | 3}`]: 9 });
  const server = { netns: 4026531840, side: "in", port: 443, role: "passive" };
  expect(totals.news()).toEqual([
    [
      {
        ...server,
        verdict: "graceful",
        count: 10,
        stays: { ESTABLISHED: [[4096, 9]] },
      },
      {
        netns: 0,
        side: "out",
        port: 0,
        role: "active",
        verdict: "graceful",
        count: 1,
        stays: {},
      },
    ],
  ]);
  expect(totals.news()).toEqual([]);
  totals.take({ [SERVER]: 12, [OTHERS]: 1, [CLIENT]: 4 });
  totals.take({ [`${SERVER},${ESTABLISHED | 3}`]: 12 });
  const [groups = []] = totals.news();
  expect(groups).toHaveLength(2);
  expect(groups).toContainEqual(
    expect.objectContaining({ ...server, count: 2, stays: { ESTABLISHED: [[4096, 3]] } }),
  );
  expect(groups).toContainEqual(
    expect.objectContaining({ side: "out", port: 80, role: "active", count: 4 }),
  );
});

test("another bpftrace counts from 0", () => {
  const totals = new CountedTotals();
  totals.take({ [SERVER]: 10 });
  totals.news();
  totals.restart();
  totals.take({ [SERVER]: 3 });
  expect(totals.news()).toMatchObject([[{ count: 3 }]]);
});

test("what is no total changes nothing", () => {
  const totals = new CountedTotals();
  for (const map of [null, 7, "x", [1], { [SERVER]: "many" }, { secret: 3 }, { "7": 3 }]) {
    totals.take(map);
  }
  expect(totals.news()).toEqual([]);
});

/** As probes/counts.bt finds the step of a stay. */
function stepOf(ns: number): number {
  let w = ns >>> 10;
  let s = 0;
  for (const [from, by] of [
    [12, 8],
    [8, 4],
    [8, 4],
    [6, 2],
    [5, 1],
    [4, 1],
  ] as const) {
    if (w >> from === 0) continue;
    w >>= by;
    s += by;
  }
  return s * 8 + w;
}

test("a step's upper edge is at most an eighth, or a microsecond, above what was counted in it", () => {
  let least = 0;
  for (let ns = 1; ns < 2 ** 32; ns = Math.ceil(ns * 1.01)) {
    const totals = new CountedTotals();
    totals.take({ [`${SERVER},${ESTABLISHED | stepOf(ns)}`]: 1 });
    const edge = totals.news()[0]?.[0]?.stays.ESTABLISHED?.[0]?.[0] ?? 0;
    expect(edge, `${ns} ns`).toBeGreaterThan(ns);
    expect(edge, `${ns} ns`).toBeLessThanOrEqual(Math.max(ns + 1024, ns * 1.125 + 1024));
    expect(edge).toBeGreaterThanOrEqual(least);
    least = edge;
  }
});

test("many steps go in several lists, so that a line of a recording stays short", () => {
  const totals = new CountedTotals();
  const map: Record<string, number> = {};
  for (let port = 1; port <= 100; port++) {
    const group = BigInt.asIntN(64, (4026531840n << 32n) | (BigInt(port) << 16n) | 0x39n);
    for (let step = 0; step < 160; step++) map[`${group},${ESTABLISHED | step}`] = 1000 + step;
    map[group.toString()] = 160;
  }
  totals.take(map);
  const lists = totals.news();
  expect(lists.flat().reduce((sum, { count }) => sum + count, 0)).toBe(16_000);
  for (const groups of lists) {
    expect(JSON.stringify({ type: "counts", t: 2 ** 50, groups }).length).toBeLessThan(65_536);
  }
});
