/** What the kernel counted is held against what was seen, and said whichever way it comes out. */
import { describe, expect, test } from "vitest";
import { CounterWindow } from "../../../src/core/counter-window.ts";
import type { FindingKind } from "../../../src/core/finding.ts";
import type { RetransmitEvent } from "../../../src/event/trace-event.ts";
import { CLOSING_CALL, FIN, type Sock, Story, sock } from "../story.ts";

function counters(story: Story, values: Readonly<Record<string, number>>): Story {
  const named = Object.entries(values).map(([name, value]) => [`TcpExt.${name}`, value]);
  return story.host({ counters: Object.fromEntries(named) });
}

function evidence({ trace }: Story, kind: FindingKind): string {
  const found = trace.findings().find((each) => each.kind === kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found.evidence.join("\n");
}

describe("a FIN that is sent again", () => {
  const end = sock();

  /** Read at 0 s; the FIN is sent again at 10, 11, 12 and 13 s. */
  function resent(timeouts: number, change: Partial<RetransmitEvent> = {}): Story {
    const story = counters(new Story().at(0), { TCPTimeouts: 100, TCPRetransFail: 7 });
    story.connect(end).at(9000).change(end, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL);
    for (const ms of [10_000, 11_000, 12_000, 13_000]) {
      story.at(ms).resend(end, { flags: FIN, state: "FIN_WAIT1", cause: "RTO", ...change });
    }
    return counters(story.at(20_000), { TCPTimeouts: 100 + timeouts });
  }

  test("is proven by timers that ran out as often or oftener", () => {
    for (const timeouts of [4, 9]) {
      expect(evidence(resent(timeouts).until(20_000), "repeated-fin-retransmit")).toContain(
        `the kernel counts them too: TCPTimeouts rose by ${timeouts} in 20 s, 4 seen`,
      );
    }
  });

  test("is contradicted by fewer", () => {
    expect(evidence(resent(1).until(20_000), "repeated-fin-retransmit")).toContain(
      "contradicted by the kernel's count: TCPTimeouts rose by 1 in 20 s, 4 seen",
    );
  });

  test("is not contradicted by fewer where a process holds it: a zero window is not counted", () => {
    const held = { orphan: false };
    const found = (timeouts: number) =>
      evidence(resent(timeouts, held).until(20_000), "repeated-fin-retransmit");
    expect(found(1)).not.toContain("TCPTimeouts");
    expect(found(4)).toContain("the kernel counts them too: TCPTimeouts rose by 4 in 20 s, 4 seen");
  });

  test("is not held against a counter that was never read", () => {
    const unread = new Story().connect(end).change(end, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL);
    for (const ms of [10, 11]) {
      unread.at(ms).resend(end, { flags: FIN, state: "FIN_WAIT1", cause: "RTO" });
    }
    expect(evidence(unread.until(9000), "repeated-fin-retransmit")).not.toContain("kernel");
  });

  test("that could not leave this host is told", () => {
    const story = counters(resent(4), { TCPRetransFail: 9 }).until(20_000);
    expect(evidence(story, "repeated-fin-retransmit")).toContain(
      "TCPRetransFail rose by 2 in 20 s",
    );
  });
});

describe("connections that nobody accepts", () => {
  function backlog(end: Sock): Story {
    const story = counters(new Story().at(0), { ListenOverflows: 3 });
    return story.child(end).finCame(end, { inode: 0 });
  }

  const end = sock({ local: "10.0.0.2", localPort: 443 });

  test("have filled the queue where the kernel dropped others", () => {
    const story = counters(backlog(end).at(5000), { ListenOverflows: 8 }).until(12_000);
    expect(evidence(story, "stuck-close-wait")).toContain(
      "ListenOverflows rose by 5 in 12 s: an accept queue was full",
    );
  });

  test("have not where it dropped none", () => {
    expect(evidence(backlog(end).until(12_000), "stuck-close-wait")).toContain(
      "ListenOverflows did not rise in 12 s: no accept queue was full",
    );
  });
});

describe("the window", () => {
  test("goes back a minute, from the reading before it", () => {
    const window = new CounterWindow();
    for (const second of [0, 10, 50, 100]) window.note(second * 1e9, 1, { x: second });
    expect(window.rise([1], "x", 100e9)).toEqual({ by: 90, from: 40e9 });
    expect(window.copy().rise([1], "x", 200e9)).toEqual({ by: 0, from: 140e9 });
  });

  test("begins again where another namespace has the number", () => {
    const window = new CounterWindow();
    window.note(0, 1, { x: 1000 });
    window.note(10e9, 1, { x: 5 });
    expect(window.rise([1], "x", 10e9)).toEqual({ by: 0, from: 10e9 });
  });

  test("knows nothing of several namespaces where one was never read", () => {
    const window = new CounterWindow();
    window.note(0, 1, { x: 1 });
    expect(window.rise([1, 2], "x", 1e9)).toBeNull();
    expect(window.rise([], "x", 1e9)).toBeNull();
  });
});
