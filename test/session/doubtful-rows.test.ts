/** Nobody whom the kernel counts by itself in a sudden flood is itemised by the socket table too. */
import { expect, test } from "vitest";
import { Trace } from "../../src/core/fold.ts";
import type { CountedGroup } from "../../src/event/counts.ts";
import type { SnapshotEvent } from "../../src/event/trace-event.ts";
import { DoubtfulRows } from "../../src/session/doubtful-rows.ts";
import { NETNS, Story, sock } from "../core/story.ts";

const GROUP: CountedGroup = {
  ...{ netns: NETNS, side: "out", port: 443, role: "active", verdict: "graceful" },
  ...{ count: 1, stays: {} },
};
const TIME_WAIT = { timer: "timewait", timerMs: 59_000, inode: 0 };

function doubted(mayCount = true) {
  const trace = new Trace();
  const rows = new DoubtfulRows({ trace, now: () => trace.now, mayCount: () => mayCount });
  const tell = (row: SnapshotEvent) => void (rows.holds(row) || trace.step(row));
  const until = (ms: number) => {
    trace.advance(ms * 1e6);
    for (const row of rows.settled()) trace.step(row);
  };
  return { trace, tell, until };
}

function rowAt(ms: number, localPort: number, change: Partial<SnapshotEvent> = {}): SnapshotEvent {
  const [row] = new Story().at(ms).row(sock({ localPort }), "TIME_WAIT", {
    ...TIME_WAIT,
    ...change,
  }).events;
  if (row?.type !== "snapshot") throw new Error("no row");
  return row;
}

test("a row that the totals of the next second explain is no endpoint beside them", () => {
  const { trace, tell, until } = doubted();
  until(10_000);
  tell(rowAt(10_000, 1000));
  tell(rowAt(10_000, 1001, { state: "ESTABLISHED", timer: null, timerMs: null }));
  until(10_500);
  expect(trace.summary().endpoints).toBe(0);
  trace.step({ type: "counts", t: 11e9, groups: [GROUP] });
  until(14_000);
  expect(trace.summary().endpoints).toBe(1);
  expect([...trace.endpoints()]).toEqual([]);
});

test("one that they do not explain is an endpoint three seconds later, and as old as it was", () => {
  const { trace, tell, until } = doubted();
  until(10_000);
  for (const since of [10_000, 11_000]) tell(rowAt(since, 1000));
  until(12_900);
  expect([...trace.endpoints()]).toEqual([]);
  until(13_000);
  const [endpoint] = trace.endpoints();
  expect(endpoint?.state).toBe("TIME_WAIT");
  expect(endpoint?.expiresAt).toBe(69e9);
  until(20_000);
  expect(trace.itemised).toBe(1);
});

test("what events speak of is in no doubt, nor is any row where nothing is counted", () => {
  const story = new Story();
  const end = sock({ localPort: 1000 });
  const { trace, tell, until } = doubted();
  for (const event of story.at(9000).connect(end).events) trace.step(event);
  until(10_000);
  tell(rowAt(10_000, 1000, { ...end, state: "CLOSE_WAIT", timer: null, timerMs: null }));
  expect(trace.inState("CLOSE_WAIT").size).toBe(1);
  const plain = doubted(false);
  plain.tell(rowAt(10_000, 1001));
  expect(plain.trace.itemised).toBe(1);
});
