/** What was missed, which endpoints it touches, and the account that says so. */
import { describe, expect, test } from "vitest";
import { GapList } from "../../src/core/gap-list.ts";
import type { GapEvent } from "../../src/event/trace-event.ts";
import { seeded } from "../event/seeded.ts";
import { Story, sock } from "./story.ts";

function gap(from: number, t: number): GapEvent {
  return { type: "gap", from, t, cause: "lost", count: 1 };
}

describe("an endpoint is complete", () => {
  const socket = sock();
  const life = (story: Story) =>
    story.at(100).connect(socket).at(200).change(socket, "ESTABLISHED", "CLOSE", { error: 104 });

  test.each([
    ["before its life", 10, 99, true],
    ["that ends as it begins", 10, 100, false],
    ["within its life", 120, 130, false],
    ["around its life", 10, 500, false],
    ["that begins as it ends", 200, 300, false],
    ["after its life", 201, 300, true],
  ])("or not, for a gap %s", (_, from, to, isComplete) => {
    const story = life(new Story()).at(to).gap(from);
    expect(story.trace.isComplete(story.only)).toBe(isComplete);
  });

  test("a gap while it lives is not forgotten when it ends", () => {
    const story = new Story().at(100).connect(socket).at(150).gap(140);
    story.at(200).change(socket, "ESTABLISHED", "CLOSE", { error: 104 });
    expect(story.trace.isComplete(story.only)).toBe(false);
  });

  test("one that is born after the gap is complete", () => {
    const story = new Story().at(150).gap(140).at(151).connect(socket);
    expect(story.trace.isComplete(story.only)).toBe(true);
  });

  test("a life that a gap hides the end of is unknown, not unfinished", () => {
    const story = new Story().at(100).connect(socket).at(5000).gap(140).at(6000).dumped();
    expect(story.trace.summary().byVerdict).toMatchObject({ unknown: 1, unfinished: 0 });
  });
});

describe("the list of gaps", () => {
  test("agrees with a plain search, in whatever order they come", () => {
    const chance = seeded(99);
    for (let round = 0; round < 300; round++) {
      const list = new GapList();
      const all: GapEvent[] = [];
      let at = 0;
      for (let i = 0; i < 12; i++) {
        at += chance(30);
        const one = gap(at, at + chance(12));
        all.push(one);
        list.add(one);
      }
      for (let i = 0; i < 60; i++) {
        const from = chance(400);
        const to = from + chance(10);
        expect(list.overlaps(from, to)).toBe(all.some((each) => each.from <= to && each.t >= from));
      }
      expect(list.count).toBe(12);
    }
  });

  test("never calls a life complete that a late or long gap touches", () => {
    const chance = seeded(100);
    for (let round = 0; round < 300; round++) {
      const list = new GapList();
      const all: GapEvent[] = [];
      for (let i = 0; i < 12; i++) {
        const from = chance(300);
        const one = gap(from, from + chance(80));
        all.push(one);
        list.add(one);
      }
      for (let i = 0; i < 60; i++) {
        const from = chance(400);
        const to = from + chance(10);
        const isTouched = all.some((each) => each.from <= to && each.t >= from);
        if (isTouched)
          expect(list.overlaps(from, to), JSON.stringify({ all, from, to })).toBe(true);
      }
    }
  });

  test("is bounded, and a bounded list hides none", () => {
    const list = new GapList();
    for (let i = 0; i < 50_000; i++) list.add(gap(i * 10, i * 10 + 1));
    expect(list.count).toBe(50_000);
    expect(list.recent(100_000).length).toBeLessThanOrEqual(10_000);
    for (const at of [0, 5_000, 123_450, 499_990]) expect(list.overlaps(at, at)).toBe(true);
  });
});

describe("the ledger", () => {
  const beat = {
    wall: "2026-11-21T05:00:00Z",
    counted: 10,
    received: 8,
    lost: 1,
    unparsed: 1,
    skipped: 3,
  };

  test("is that of the newest heartbeat", () => {
    const story = new Story();
    expect(story.trace.ledger()).toEqual({
      counted: 0,
      received: 0,
      lost: 0,
      skipped: 0,
      unparsed: 0,
      evicted: 0,
      balanced: true,
    });
    story.tell({ type: "heartbeat", t: 1e9, ...beat });
    expect(story.trace.ledger()).toEqual({
      counted: 10,
      received: 8,
      lost: 1,
      skipped: 3,
      unparsed: 1,
      evicted: 0,
      balanced: true,
    });
  });

  test.each([
    ["more than was counted", { received: 9 }],
    ["less than was counted", { lost: 0 }],
  ])("does not balance where the accounts name %s", (_, change) => {
    const story = new Story().tell({ type: "heartbeat", t: 1e9, ...beat, ...change });
    expect(story.trace.ledger().balanced).toBe(false);
  });

  test("a loss is a finding that names who lived in it", () => {
    const socket = sock();
    const story = new Story().at(100).connect(socket).at(1500).gap(1400).until(3000);
    const [finding] = story.trace.findings().filter(({ kind }) => kind === "incomplete-trace");
    expect(finding).toMatchObject({ since: 1400e6, endpoints: ["e1"], until: null });
  });

  test("no loss, no finding", () => {
    const story = new Story().at(100).connect(sock()).until(3000);
    expect(story.trace.findings()).toEqual([]);
  });
});
