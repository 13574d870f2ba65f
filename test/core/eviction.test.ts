/** What is forgotten for want of room is counted, and the summary stays exact. */
import { describe, expect, test } from "vitest";
import { ACK, FIN, ORPHANED, peerOf, SOFTIRQ, Story, sock } from "./story.ts";

function nth(i: number) {
  return sock({ localPort: 10_000 + i, sk: `ffff8889${i.toString(16).padStart(8, "0")}` });
}

/** Every endpoint is either itemised or evicted. */
function expectExact(story: Story, endpoints: number): void {
  const { trace } = story;
  const summary = trace.summary();
  expect(summary.endpoints).toBe(endpoints);
  expect(summary.itemised).toBe([...trace.endpoints()].length);
  expect(summary.itemised + trace.ledger().evicted).toBe(endpoints);
  const sum = (counts: Readonly<Record<string, number>>) =>
    Object.values(counts).reduce((a, b) => a + b, 0);
  expect(sum(summary.byVerdict)).toBe(endpoints);
  expect(sum(summary.byRole)).toBe(endpoints);
}

describe("ended endpoints", () => {
  test("the oldest go first; verdicts and roles are counted all the same", () => {
    const story = new Story({ maxEnded: 10 });
    for (let i = 0; i < 100; i++) {
      const socket = nth(i);
      story.at(i).connect(socket);
      if (i % 2 === 0) story.change(socket, "ESTABLISHED", "CLOSE", { ...SOFTIRQ, error: 104 });
      else story.finCame(socket).closeSecond(socket);
    }
    expectExact(story, 100);
    expect(story.trace.evictedAlive).toBe(0);
    expect(story.endpoints.map(({ id }) => id)).toEqual(
      Array.from({ length: 10 }, (_, i) => `e${91 + i}`),
    );
    expect(story.trace.summary()).toMatchObject({
      teardowns: 100,
      byVerdict: { "reset-received": 50, graceful: 50 },
      byRole: { passive: 50, none: 50 },
    });
    expect(story.trace.summary().phaseMs.ESTABLISHED).toBeDefined();
  });

  test("thousands of them", () => {
    const story = new Story({ maxEnded: 100 });
    for (let i = 0; i < 20_000; i++) {
      const socket = nth(i % 50_000);
      story
        .at(i / 100)
        .connect(socket)
        .change(socket, "ESTABLISHED", "CLOSE", { ...SOFTIRQ, error: 104 });
    }
    expectExact(story, 20_000);
  });
});

describe("living endpoints", () => {
  test("the oldest that is only established goes first", () => {
    const story = new Story({ maxAlive: 10 });
    const waiting = nth(999);
    story.accept(waiting).finCame(waiting);
    for (let i = 0; i < 50; i++) story.at(1 + i).connect(nth(i));
    expectExact(story, 51);
    expect(story.endpoints).toHaveLength(10);
    expect(story.of(waiting).state).toBe("CLOSE_WAIT");
  });

  test("a mini-socket that was evicted does not come back when its time is over", () => {
    const story = new Story({ maxAlive: 10 });
    for (let i = 0; i < 50; i++) {
      const socket = nth(i);
      story
        .at(i)
        .connect(socket)
        .closeFirst(socket)
        .segment(socket, FIN | ACK);
    }
    expectExact(story, 50);
    story.until(200_000);
    expectExact(story, 50);
    expect(story.trace.summary().byVerdict.graceful).toBe(50);
    for (let i = 50; i < 70; i++) story.at(200_001 + i).connect(nth(i));
    expectExact(story, 70);
  });

  test("an evicted end is nobody's peer", () => {
    const story = new Story({ maxAlive: 2 });
    const client = nth(1);
    const server = peerOf(client);
    story.connect(client).accept(server).at(1).finCame(server).connect(nth(2));
    const [left] = story.endpoints;
    expect(left).toMatchObject({ state: "CLOSE_WAIT" });
    expect(left?.peer ?? null).toBeNull();
  });

  test("one that speaks again is another endpoint, and both are counted", () => {
    const story = new Story({ maxAlive: 2 });
    for (let i = 0; i < 3; i++) story.at(i).connect(nth(i));
    story.at(9).finCame(nth(0));
    expectExact(story, 4);
    expect(story.of(nth(0))).toMatchObject({ direction: null, role: "passive" });
  });

  test("a FIN in trouble whose endpoint was evicted troubles nobody for ever", () => {
    const story = new Story({ maxAlive: 1 });
    const socket = nth(0);
    story.connect(socket).change(socket, "ESTABLISHED", "FIN_WAIT1", ORPHANED);
    story.at(300).resend(socket).at(700).resend(socket).at(800).connect(nth(1)).until(20_000);
    const open = story.trace.findings().filter(({ until }) => until === null);
    expect(open.map(({ kind }) => kind)).toEqual(["incomplete-trace"]);
  });

  test("the evicted are a loss that the trace names", () => {
    const story = new Story({ maxAlive: 2 });
    for (let i = 0; i < 5; i++) story.at(i).connect(nth(i));
    story.until(3000);
    expect(story.trace.ledger().evicted).toBe(3);
    expect(story.trace.evictedAlive).toBe(3);
    expect(story.trace.findings().map(({ kind }) => kind)).toContain("incomplete-trace");
  });
});
