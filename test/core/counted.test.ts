/** What the kernel only counted stands in the sums and in no list, and a copy goes on from it. */
import { expect, test } from "vitest";
import { Trace } from "../../src/core/fold.ts";
import type { CountedGroup } from "../../src/event/counts.ts";
import type { SnapshotEvent, TraceEvent } from "../../src/event/trace-event.ts";

const NETNS = 4026531840;

function group(over: Partial<CountedGroup>): CountedGroup {
  return {
    netns: NETNS,
    side: "in",
    port: 443,
    role: "passive",
    verdict: "graceful",
    count: 10,
    stays: {},
    ...over,
  };
}

function counts(t: number, ...groups: CountedGroup[]): TraceEvent {
  return { type: "counts", t, groups };
}

const AGGREGATE: TraceEvent = {
  type: "detail",
  t: 1e9,
  cpu: 0,
  seq: 1,
  detail: "aggregate",
  cause: "asked",
  figure: 0,
};

function row(since: number, localPort: number): SnapshotEvent {
  return {
    type: "snapshot",
    t: since + 1e6,
    since,
    dump: 1,
    netns: NETNS,
    local: "10.0.0.1",
    localPort,
    remote: "10.0.0.2",
    remotePort: 443,
    state: "TIME_WAIT",
    recvQ: 0,
    sendQ: 0,
    inode: 0,
    uid: 0,
    timer: "timewait",
    timerMs: 59_000,
    retries: 0,
    cookie: null,
  };
}

test("counts of every verdict and role hold it, and the percentiles of its stays", () => {
  const trace = new Trace();
  const stays = { ESTABLISHED: [[1_000_000, 99] as const, [8_000_000, 1] as const] };
  trace.step(counts(1e9, group({ count: 100, stays }), group({ role: "active", side: "out" })));
  trace.step(counts(2e9, group({ count: 5 })));
  const summary = trace.summary();
  expect(summary).toMatchObject({ endpoints: 115, itemised: 0, teardowns: 115 });
  expect(summary.byRole).toMatchObject({ passive: 105, active: 10, none: 0 });
  expect(summary.byVerdict).toMatchObject({ graceful: 115, unknown: 0 });
  const established = summary.phaseMs.ESTABLISHED;
  expect(established?.p50).toBeCloseTo(1, 1);
  expect(established?.max).toBe(8);
  expect(summary.counted?.map(({ side, port, count }) => [side, port, count])).toEqual([
    ["in", 443, 105],
    ["out", 443, 10],
  ]);
  expect([...trace.endpoints()]).toEqual([]);
});

test("each is five changes of state in the charts", () => {
  const trace = new Trace();
  trace.step(counts(1.5e9, group({ count: 7 })));
  trace.advance(3e9);
  expect(trace.series(10).reduce((sum, { transitions }) => sum + transitions, 0)).toBe(35);
});

test("a copy goes on by itself", () => {
  const trace = new Trace();
  trace.step(counts(1e9, group({})));
  const steps = trace.copySteps();
  let step = steps.next();
  while (!step.done) step = steps.next();
  trace.step(counts(2e9, group({})));
  expect(step.value.summary().endpoints).toBe(10);
  expect(trace.summary().endpoints).toBe(20);
});

test("a row of the socket table that nothing else tells of may be one of them, and is none more", () => {
  const trace = new Trace();
  trace.step(row(0.5e9, 1000));
  trace.step(AGGREGATE);
  trace.step(row(2e9, 1001));
  expect([...trace.endpoints()].map(({ tuple }) => tuple.localPort)).toEqual([1000]);
});

test("a bpftrace that is started again counts on, and rows are none more still", () => {
  const trace = new Trace();
  trace.step(AGGREGATE);
  trace.step({ type: "gap", t: 4e9, from: 3e9, cause: "restart", count: null });
  trace.step(row(5e9, 40_000));
  expect(trace.detail?.detail).toBe("aggregate");
  expect([...trace.endpoints()]).toEqual([]);
});

test("after the counting such a row is one of them for as long as a TIME_WAIT lasts", () => {
  const summary = { ...AGGREGATE, t: 4e9, detail: "summary", cause: "calm" } as const;
  const restart = { type: "gap", t: 4e9, from: 3e9, cause: "restart", count: null } as const;
  const flooded = { ...AGGREGATE, cause: "changes" } as const;
  for (const end of [summary, restart] satisfies TraceEvent[]) {
    const trace = new Trace();
    expect(trace.countedUntil).toBeNull();
    trace.step(flooded);
    expect(trace.countedUntil).toBe(Number.POSITIVE_INFINITY);
    trace.step(end);
    expect(trace.countedUntil).toBe(4e9);
    trace.step(row(63e9, 1000));
    trace.step({ ...row(4.5e9, 1001), state: "ESTABLISHED", timer: null });
    expect([...trace.endpoints()]).toEqual([]);
    trace.step(row(66e9, 1002));
    trace.step({ ...row(6e9, 1003), state: "ESTABLISHED", timer: null });
    expect([...trace.endpoints()].map(({ tuple }) => tuple.localPort)).toEqual([1002, 1003]);
  }
});

test("a recording that names more places than any kernel tells apart stays within bounds", () => {
  const trace = new Trace();
  for (let netns = 1; netns <= 6000; netns++) trace.step(counts(1e9, group({ netns, count: 1 })));
  expect(trace.summary().counted?.length).toBeLessThan(5000);
  expect(trace.summary().endpoints).toBe(6000);
});
