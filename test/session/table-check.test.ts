/** Of a reading of the whole table only what the trace has wrong is told. */
import { describe, expect, test } from "vitest";
import type { SnapshotEndEvent, SnapshotEvent } from "../../src/event/trace-event.ts";
import { portPair } from "../../src/event/tuple.ts";
import { type ReadTable, TableCheck } from "../../src/session/table-check.ts";
import { CLOSING_CALL, NETNS, peerOf, Story, sock } from "../core/story.ts";

const open = sock();
const closing = sock({ localPort: 40_001 });
/** From then on what ends well is only counted. */
const COUNTING = {
  type: "detail",
  detail: "aggregate",
  cause: "changes",
  figure: 64_000,
  cpu: 0,
  seq: 1,
} as const;
const MINI = { timer: "timewait", timerMs: 45_000, inode: 0 };

/** Two connections, one of which has been closed, as the trace knows them after a second. */
function traced(): Story {
  const story = new Story().at(0).connect(open).connect(closing);
  return story.at(10).change(closing, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL).until(1000);
}

type TableEvent = SnapshotEvent | SnapshotEndEvent;

/** Whether the kernel lists this where only a part of the table is asked for. */
function isOf(event: TableEvent, { states, ports }: Parameters<ReadTable>[0]): boolean {
  if (event.type === "snapshot-end") return true;
  return (
    (states?.includes(event.state) ?? true) &&
    (ports?.has(portPair(event.localPort, event.remotePort)) ?? true)
  );
}

/** Compare the trace with a table; gives the rows that were recorded, and what else was told. */
async function compared(
  story: Story,
  table: Story,
  meanwhile = () => {},
  readCounters = async (_netns: ReadonlySet<number>) => {},
) {
  const told: SnapshotEvent[] = [];
  const check = new TableCheck(
    story.trace,
    () => story.t,
    (event) => told.push(event),
    readCounters,
  );
  const taken: TableEvent[] = [];
  const asked: Parameters<ReadTable>[0][] = [];
  await check.compare(async (part) => {
    asked.push(part);
    for (const event of (table.events as TableEvent[]).filter((each) => isOf(each, part))) {
      if (part.takes(event)) taken.push(event);
    }
    meanwhile();
  });
  return { taken, told, asked };
}

const table = () => new Story().at(1000);

describe("a reading", () => {
  test("that agrees leaves nothing in the recording", async () => {
    const agreeing = table().row(open, "ESTABLISHED").row(closing, "FIN_WAIT1").dumped();
    expect(await compared(traced(), agreeing)).toMatchObject({ taken: [], told: [] });
  });

  test("tells a state that the trace has wrong, and the trace takes it", async () => {
    const story = traced();
    const differing = table().row(open, "ESTABLISHED").row(closing, "FIN_WAIT2", MINI).dumped();
    const { taken, told } = await compared(story, differing);
    expect(taken).toMatchObject([{ localPort: 40_001, state: "FIN_WAIT2" }]);
    expect(told).toEqual([]);
    for (const event of taken) story.tell(event);
    expect(story.of(closing)).toMatchObject({ state: "FIN_WAIT2", isMini: true });
  });

  test("tells a mini-socket from the full one that the trace takes it for", async () => {
    const story = traced().at(20).row(closing, "FIN_WAIT2", { inode: 9 });
    const differing = table().row(open, "ESTABLISHED").row(closing, "FIN_WAIT2", MINI).dumped();
    expect((await compared(story, differing)).taken).toMatchObject([{ timer: "timewait" }]);
  });

  test("tells a connection that the trace does not know", async () => {
    const server = peerOf(open);
    const more = table().row(open, "ESTABLISHED").row(closing, "FIN_WAIT1").row(server, "LAST_ACK");
    expect((await compared(traced(), more.dumped())).taken).toMatchObject([{ state: "LAST_ACK" }]);
  });

  test("tells one that it does not list, and the trace ends it", async () => {
    const story = traced();
    const { taken, told } = await compared(story, table().row(open, "ESTABLISHED").dumped());
    expect(taken).toEqual([]);
    expect(told).toMatchObject([{ localPort: 40_001, state: "CLOSE" }]);
    for (const event of told) story.tell(event);
    expect(story.of(closing)).toMatchObject({ state: "CLOSE", verdict: "unknown" });
    expect(story.of(open).endedAt).toBeNull();
  });

  test("asks the counters of a mini-socket that it does not list: was it ever made?", async () => {
    const story = new Story().at(0).connect(closing).at(5).closeFirst(closing).until(1000);
    story.host({ counters: { "TcpExt.TCPTimeWaitOverflow": 3 } });
    const nothing = table().dumped();
    const { told } = await compared(story, nothing, undefined, async (netns) => {
      expect([...netns]).toEqual([NETNS]);
      story.at(1010).host({ counters: { "TcpExt.TCPTimeWaitOverflow": 4 } });
    });
    expect(told).toMatchObject([{ state: "CLOSE", since: 999e6, t: 1010e6 }]);
    for (const event of told) story.tell(event);
    expect(story.of(closing)).toMatchObject({
      verdict: "timed-out",
      note: "tcp_max_tw_buckets was full: the kernel kept no mini-socket",
    });
  });

  test("that was not finished tells of nobody that it is gone", async () => {
    expect((await compared(traced(), table().row(open, "ESTABLISHED"))).told).toEqual([]);
  });

  test("is no word on what changed since it began", async () => {
    const story = traced().at(1000).change(closing, "FIN_WAIT1", "FIN_WAIT2");
    const { told } = await compared(story, table().row(open, "ESTABLISHED").dumped());
    expect(told).toEqual([]);
  });

  test("does not miss a connection that the trace hears of only when the row has gone by", async () => {
    const story = traced();
    const late = sock({ localPort: 40_002 });
    const rows = table().row(open, "ESTABLISHED").row(closing, "FIN_WAIT1");
    const { told } = await compared(story, rows.row(late, "ESTABLISHED").dumped(), () => {
      story.at(900).connect(late);
    });
    expect(story.of(late).touchedAt).toBeLessThan(999e6);
    expect(told).toEqual([]);
  });
});

describe("a reading while the kernel counts what ends well", () => {
  const inTimeWait = sock({ localPort: 40_003 });
  const counted = sock({ localPort: 40_004 });

  function flooded(): Story {
    const story = traced().at(1100).connect(inTimeWait).closeFirst(inTimeWait);
    story.segment(inTimeWait, 0x11).segment(inTimeWait, 0x10);
    story.tell({ ...COUNTING, t: 1.2e9 });
    return story.until(3000);
  }
  const tableThen = () => new Story().at(3000).row(open, "ESTABLISHED");

  test("leaves TIME_WAIT out, and whom the trace knows in it as they are", async () => {
    const rows = tableThen().row(closing, "FIN_WAIT1").row(counted, "TIME_WAIT", MINI).dumped();
    const { taken, told, asked } = await compared(flooded(), rows);
    expect({ taken, told }).toEqual({ taken: [], told: [] });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.states).not.toContain("TIME_WAIT");
    expect(asked[0]?.states).toContain("FIN_WAIT2");
  });

  test("finds who has come to TIME_WAIT unseen, by its ports", async () => {
    const story = flooded();
    const rows = tableThen().row(closing, "TIME_WAIT", MINI).row(counted, "TIME_WAIT", MINI);
    const { taken, told, asked } = await compared(story, rows.dumped());
    const ports = new Set([portPair(closing.localPort, closing.remotePort)]);
    expect(asked[1]).toMatchObject({ states: ["TIME_WAIT"], ports, netns: new Set([NETNS]) });
    expect(told).toEqual([]);
    expect(taken).toMatchObject([{ localPort: 40_001, state: "TIME_WAIT" }]);
    for (const event of taken) story.tell(event);
    expect(story.of(closing)).toMatchObject({ state: "TIME_WAIT", isMini: true });
  });

  test("tells who is in no state at all, with the time of the first look", async () => {
    const story = flooded();
    const { taken, told } = await compared(story, tableThen().dumped());
    expect(taken).toEqual([]);
    expect(told).toMatchObject([{ localPort: 40_001, state: "CLOSE", since: 2999e6 }]);
  });

  test("tells of nobody that it is gone where TIME_WAIT could not be read", async () => {
    const rows = tableThen().dumped();
    let readings = 0;
    const { told } = await compared(flooded(), rows, () => {
      readings += 1;
      if (readings === 1) rows.events.pop();
    });
    expect(readings).toBe(2);
    expect(told).toEqual([]);
  });
});

describe("when", () => {
  const check = (now: () => number, { trace } = new Story()) =>
    new TableCheck(
      trace,
      now,
      () => {},
      async () => {},
    );

  test("only after a loss", () => {
    const idle = check(() => 5e9);
    expect(idle.isDue).toBe(false);
    idle.want();
    expect(idle.isDue).toBe(true);
  });

  test("again after a rest, the longer the longer a reading takes", async () => {
    let now = 10e9;
    const busy = check(() => now);
    busy.want();
    await busy.run(async () => {
      now += 1e9;
    });
    busy.want();
    now += 19.9e9;
    expect(busy.isDue).toBe(false);
    now += 0.2e9;
    expect(busy.isDue).toBe(true);
  });

  test("again after ten seconds while most is only counted", async () => {
    const story = new Story().at(9000);
    story.tell({ ...COUNTING, t: 9e9 });
    let now = 10e9;
    const counting = check(() => now, story);
    counting.want();
    await counting.run(async () => {});
    counting.want();
    now += 9.9e9;
    expect(counting.isDue).toBe(false);
    now += 0.2e9;
    expect(counting.isDue).toBe(true);
  });

  test("at once when bpftrace is back, also where it came back while the table was read", async () => {
    let now = 10e9;
    const slow = check(() => now);
    slow.want();
    await slow.run(async () => {
      now += 15e9;
      slow.want(true);
    });
    expect(slow.isDue).toBe(true);
    await slow.run(async () => {
      now += 15e9;
    });
    slow.want();
    expect(slow.isDue).toBe(false);
  });

  test("a loss while it reads asks for another", async () => {
    let now = 10e9;
    const busy = check(() => now);
    busy.want();
    await busy.run(async () => busy.want());
    now += 1e9;
    expect(busy.isDue).toBe(false);
    now += 1e9;
    expect(busy.isDue).toBe(true);
  });
});
