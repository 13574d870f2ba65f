/** Each teardown is handed out once, when it has come to its verdict. */
import { describe, expect, test } from "vitest";
import { Trace } from "../../src/core/fold.ts";
import { CLOSING_CALL, ORPHANED, peerOf, SOFTIRQ, Story, sock } from "./story.ts";
import { world } from "./world.ts";

const client = sock();
const server = peerOf(client);
const FIN_ACK = 17;

describe("a teardown is settled", () => {
  test("for the first closer when TIME_WAIT begins, for the second when it is gone", () => {
    const story = new Story();
    expect(story.trace.takeSettled(0)).toEqual([]);
    story.at(1).connect(client).accept(server).at(10).closeFirst(client).finCame(server);
    expect(story.trace.takeSettled(1e12)).toEqual([]);
    story.at(20).closeSecond(server).at(21).segment(client, FIN_ACK);
    expect(story.trace.takeSettled(1e12).map(({ id }) => id)).toEqual(["e2", "e1"]);
    story.until(100_000);
    expect(story.trace.takeSettled(1e15)).toEqual([]);
  });

  test("not before the moment that is asked for: an RST may still amend it", () => {
    const story = new Story();
    story.trace.takeSettled(0);
    story
      .at(1)
      .connect(client)
      .at(10)
      .change(client, "ESTABLISHED", "CLOSE", { ...SOFTIRQ, error: 104 });
    expect(story.trace.takeSettled(9e6)).toEqual([]);
    expect(story.trace.takeSettled(10e6)).toHaveLength(1);
  });

  test("nobody asks, nothing is kept", () => {
    const story = new Story().at(1).connect(client);
    story.at(10).change(client, "ESTABLISHED", "CLOSE", { ...SOFTIRQ, error: 104 });
    expect(story.trace.takeSettled(1e12)).toEqual([]);
  });

  test("also by a timeout, a FIN_WAIT2 that ran out, and an end that was missed", () => {
    const story = new Story();
    story.trace.takeSettled(0);
    const [one, two, three] = [1, 2, 3].map((i) => sock({ localPort: 41_000 + i }));
    if (one === undefined || two === undefined || three === undefined) throw new Error();
    story.at(1).connect(one).connect(two).connect(three);
    story.at(2).change(one, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL);
    story.change(one, "FIN_WAIT1", "CLOSE", { ...ORPHANED, error: 110 });
    story
      .closeFirst(two)
      .at(5000)
      .connect({ ...three, sk: "ffff8887000000c0" })
      .until(70_000);
    expect(story.trace.takeSettled(1e12).map(({ verdict }) => verdict)).toEqual([
      "timed-out",
      "unknown",
      "timed-out",
    ]);
  });
});

test("on a busy host each endpoint at most once, and each that has ended exactly once", () => {
  const trace = new Trace();
  trace.takeSettled(0);
  const taken: string[] = [];
  const take = (until: number) => taken.push(...trace.takeSettled(until).map(({ id }) => id));
  for (const event of world(21, 200)) {
    trace.step(event);
    take(trace.now - 20e6);
  }
  take(Number.POSITIVE_INFINITY);
  expect(new Set(taken).size).toBe(taken.length);
  const ended = [...trace.endpoints()].filter(({ endedAt }) => endedAt !== null);
  expect(ended.length).toBeGreaterThan(100);
  // A TIME_WAIT that is older than the trace was settled before it began.
  const older = ended.filter(({ phases }) => phases[0]?.state === "TIME_WAIT").map(({ id }) => id);
  expect(
    ended.map(({ id }) => id).filter((id) => !taken.includes(id) && !older.includes(id)),
  ).toEqual([]);
});
