import { describe, expect, test } from "vitest";
import type { SnapshotEvent } from "../../src/event/trace-event.ts";
import { QueueWatch } from "../../src/session/queue-watch.ts";
import {
  type Evidence,
  NETNS,
  SHUTDOWN_CALL,
  SOFTIRQ,
  type Sock,
  Story,
  sock,
} from "../core/story.ts";

const HELD: Evidence = { ...SOFTIRQ, orphan: false, bytesReceived: 100 };

/** A client that has shut its sending side at 0 s. */
function halfClosed(story: Story, client: Sock): Story {
  return story
    .connect(client)
    .change(client, "ESTABLISHED", "FIN_WAIT1", SHUTDOWN_CALL)
    .change(client, "FIN_WAIT1", "FIN_WAIT2", HELD);
}

function watch(story: Story, seconds: number): QueueWatch {
  return new QueueWatch(story.until(seconds * 1000).trace, () => seconds * 1e9);
}

/** The row that a dump would give, made beside the story. */
function rowOf(of: Sock, change: Partial<SnapshotEvent>): SnapshotEvent {
  const beside = new Story().at(5000).row(of, "FIN_WAIT2", { recvQ: 0, ...change });
  return beside.events[0] as SnapshotEvent;
}

describe("what is read", () => {
  test("nothing while nothing stays", () => {
    const story = new Story().at(0).connect(sock());
    const { closeWait, finWait2 } = watch(story, 5).next();
    expect([...closeWait, ...finWait2]).toEqual([]);
  });

  test("a CLOSE_WAIT of a second, but not a younger one", () => {
    const client = sock();
    const story = new Story().at(0).connect(client).finCame(client);
    expect([...watch(story, 0.9).next().closeWait]).toEqual([]);
    expect([...watch(story, 1).next().closeWait]).toEqual([NETNS]);
  });

  test("FIN_WAIT2 that a process holds, but no mini-socket", () => {
    const held = sock({ netns: 7 });
    const mini = sock({ netns: 8, localPort: 40_001 });
    const story = halfClosed(new Story().at(0), held).connect(mini).closeFirst(mini);
    expect([...watch(story, 1).next().finWait2]).toEqual([7]);
  });

  test("byte counts no more often than every two seconds, and less often the more there are", () => {
    const story = new Story().at(0);
    for (let i = 0; i < 5000; i++) {
      const each = sock({ localPort: 10_000 + i });
      story.connect(each).finCame(each);
    }
    story.until(1000);
    let now = 1e9;
    const many = new QueueWatch(story.trace, () => now);
    const asked = [1, 3, 5, 6].map((seconds) => {
      now = seconds * 1e9;
      return many.next().hasFigures;
    });
    expect(asked).toEqual([true, false, false, true]);
  });
});

describe("what is news", () => {
  const client = sock();
  const story = halfClosed(new Story().at(0), client);

  test("bytes received since the state change, not the same number again", () => {
    const queues = watch(story, 4);
    expect(queues.isNews(rowOf(client, { bytesReceived: 100 }))).toBe(false);
    expect(queues.isNews(rowOf(client, { bytesReceived: 101 }))).toBe(true);
    expect(queues.isNews(rowOf(client, {}))).toBe(false);
  });

  test("a stream that moves all the time is told every ten seconds", () => {
    story.at(4000).row(client, "FIN_WAIT2", { bytesReceived: 500 });
    const queues = watch(story, 5);
    expect(queues.isNews(rowOf(client, { bytesReceived: 900 }))).toBe(false);
    const later = { ...rowOf(client, { bytesReceived: 900 }), t: 14e9 };
    expect(queues.isNews(later)).toBe(true);
  });

  test("no FIN_WAIT2 that is not known, whatever it carries", () => {
    const stranger = sock({ localPort: 50_000 });
    expect(watch(story, 5).isNews(rowOf(stranger, { bytesReceived: 9 }))).toBe(false);
  });
});

describe("a FIN that is not sent again", () => {
  const client = sock();
  const closing = () =>
    new Story().at(0).connect(client).change(client, "ESTABLISHED", "FIN_WAIT1");

  test("is read after a second, and no more once it is sent again", () => {
    expect([...watch(closing(), 0.9).next().quietFins]).toEqual([]);
    expect([...watch(closing(), 1).next().quietFins]).toEqual([NETNS]);
    const resent = closing().at(500).resend(client, "FIN_WAIT1");
    expect([...watch(resent, 1).next().quietFins]).toEqual([]);
  });

  test("is news when where it waits has changed", () => {
    const story = closing().until(2000);
    const queues = new QueueWatch(story.trace, () => 2e9);
    const row = rowOf(client, { state: "FIN_WAIT1", timer: "persist", sendQ: 9, sendWindow: 0 });
    expect(queues.isNews(row)).toBe(true);
    story.trace.step({ ...row, t: 2e9, since: 1.9e9 });
    expect(queues.isNews(row)).toBe(false);
    expect(queues.isNews({ ...row, sendWindow: 9000 })).toBe(true);
  });

  test("makes its namespace suspect where the table does not list it", () => {
    const story = closing().until(2000);
    const queues = new QueueWatch(story.trace, () => 2e9);
    expect([...queues.mistaken(new Set(), 1.9e9)]).toEqual([NETNS]);
    expect([...queues.mistaken(new Set(story.trace.endpoints()), 1.9e9)]).toEqual([]);
    expect([...queues.mistaken(new Set(), 0)]).toEqual([]);
  });
});
