/** The comparison itself: it must be able to find each kind of difference, and excuse no other. */
import { describe, expect, test } from "vitest";
import { CLOSING_CALL, type Sock, Story, sock } from "../core/story.ts";
import { HEADER } from "../event/sample-events.ts";
import { Changes, compareStates, type Disagreement } from "./compare-states.ts";
import { divideByGaps } from "./declared.ts";
import type { Sample } from "./sample.ts";
import { parseSocketTable } from "./ss.ts";
import { reportStates } from "./states-report.ts";

const client = sock();
const row = (state: string, port = client.localPort) =>
  `${state} 0 0 10.0.0.1:${port} 10.0.0.2:443 ino:0 sk:1\n`;

/** A sample from 5.00 to 5.02 s of a namespace that was made at the start. */
function sample(text: string, change: Partial<Sample> = {}): Sample {
  const window = { madeNs: 0, fromNs: 5e9, toNs: 5.02e9 };
  return { netns: client.netns, ...window, rows: parseSocketTable(text), ...change };
}

const open = () => new Story().at(1).connect(client);
const compare = (text: string, story = open(), change: Partial<Sample> = {}) =>
  compareStates(sample(text, change), story.trace.endpoints());

describe("compareStates", () => {
  test("counts who is in the same state", () => {
    const { agreed, disagreed } = compare(row("ESTAB"));
    expect([[...agreed], disagreed]).toEqual([[["ESTABLISHED", 1]], []]);
  });

  test.each([
    ["another state", row("FIN-WAIT-1"), "FIN_WAIT1", "ESTABLISHED"],
    ["no row", "", "gone", "ESTABLISHED"],
  ])("finds %s", (_, text, table, trace) => {
    expect(compare(text).disagreed).toMatchObject([{ table, trace }]);
  });

  test("finds a row that the trace does not know", () => {
    const { disagreed } = compare(row("ESTAB") + row("TIME-WAIT", 41_000));
    expect(disagreed).toMatchObject([{ table: "TIME_WAIT", trace: "gone" }]);
  });

  test("leaves out request sockets, listeners and other namespaces", () => {
    const text = row("ESTAB") + row("SYN-RECV", 41_000) + row("LISTEN", 41_001);
    expect(compare(text).disagreed).toEqual([]);
    const elsewhere = compare("", open(), { netns: 7 });
    expect(elsewhere.disagreed).toEqual([]);
  });

  test("knows a connect() whose port no event has told yet", () => {
    const story = new Story().at(1).change({ ...client, localPort: 0 }, "CLOSE", "SYN_SENT");
    const { disagreed, portless } = compare(row("SYN-SENT"), story);
    expect({ disagreed, portless }).toEqual({ disagreed: [], portless: 1 });
  });

  test("sets those apart that were born in the inode's former namespace", () => {
    const { disagreed, ghosts } = compare("", open(), { madeNs: 4e9 });
    expect({ disagreed, ghosts }).toEqual({ disagreed: [], ghosts: 1 });
  });
});

describe("Changes", () => {
  test("a change within the margin excuses, one outside does not", () => {
    const [difference] = compare("").disagreed;
    if (difference === undefined) throw new Error("no difference");
    const closedAt = (ms: number) =>
      new Changes(open().at(ms).closeFirst(client).trace.endpoints()).isNear(difference, 100e6);
    expect([4890, 4901, 5119, 5130].map(closedAt)).toEqual([false, true, true, false]);
    const changes = new Changes(open().trace.endpoints());
    expect(changes.story(difference)).toMatch(/table gone, trace ESTABLISHED\n.*SYN_SENT 0\.0010/);
  });
});

describe("divideByGaps", () => {
  const other = sock({ localPort: 41_000 });
  const ledger = { skipped: 1, lost: 0 };
  /** What follows FIN_WAIT1 is missing: it stays in it, as the trace knows. */
  const stuck = (story: Story, socket: Sock) =>
    story
      .at(1000)
      .connect(socket)
      .at(2000)
      .change(socket, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL);
  const closing = () => stuck(new Story(), client);
  const inFinWait2 = row("FIN-WAIT-2");
  const divide = (story: Story, disagreed: readonly Disagreement[], kept = ledger) => {
    const { declared, silent } = divideByGaps(disagreed, story.events, story.trace, kept);
    return { declared: declared.length, silent: silent.length };
  };

  test.each([
    ["of a skipped run", 2500, 3000, "skipped", "declared"],
    ["of a lost record", 2500, 3000, "lost", "declared"],
    ["that is told after the sample", 4900, 5900, "skipped", "declared"],
    ["before its last change", 1500, 1999, "skipped", "silent"],
    ["after the sample", 5011, 5900, "skipped", "silent"],
    ["of another cause", 2500, 3000, "restart", "silent"],
  ] as const)("with a gap %s", (_, from, to, cause, part) => {
    const story = closing();
    const { disagreed } = compare(inFinWait2, story);
    story.at(to).gap(from, { cause }).until(6000);
    expect(story.trace.isComplete(story.only)).toBe(false);
    expect(divide(story, disagreed)).toEqual({ declared: 0, silent: 0, [part]: 1 });
  });

  test("excuses nothing that the trace does not mark as incomplete", () => {
    const story = closing().at(3000).gap(2500);
    const { disagreed } = compare(inFinWait2, story);
    const unmarked = { endpoint: () => story.only, isComplete: () => true };
    expect(divideByGaps(disagreed, story.events, unmarked, ledger).silent).toEqual(disagreed);
  });

  test("excuses no row that the trace does not know, or not any more", () => {
    const story = open().at(2000).change(client, "ESTABLISHED", "CLOSE", { error: 104 });
    story.at(3000).gap(2500, { cause: "skipped" });
    const { disagreed } = compare(row("ESTAB") + row("TIME-WAIT", 41_000), story);
    expect(divide(story, disagreed)).toEqual({ declared: 0, silent: 2 });
  });

  test.each([
    ["alone", []],
    ["beside one that did", [1500]],
  ])("excuses by no gap that did not touch its life, %s", (_, before) => {
    const counters = (overflows: number) => ({ "TcpExt.TCPTimeWaitOverflow": overflows });
    const story = new Story()
      .at(100)
      .host({ counters: counters(0) })
      .at(1000)
      .connect(client);
    for (const ms of before) story.at(ms + 100).gap(ms, { cause: "skipped" });
    story
      .at(2000)
      .closeFirst(client)
      .at(3500)
      .host({ counters: counters(1) });
    story.at(4000).gap(3000, { cause: "skipped" });
    const { disagreed } = compare("", story);
    story.at(6000).dumped();
    expect(story.only).toMatchObject({ endedAt: 2e9 });
    expect(story.trace.isComplete(story.only)).toBe(before.length === 0);
    expect(divide(story, disagreed)).toEqual({ declared: 0, silent: 1 });
  });

  const connecting = () =>
    new Story().at(2000).change({ ...client, localPort: 0 }, "CLOSE", "SYN_SENT");
  const inQueue = () => new Story().at(2000).change(client, "LISTEN", "SYN_RECV");
  test.each([
    ["connect() without a port", connecting],
    ["child in SYN_RECV", inQueue],
  ])("knows a %s of which the next change is missing", (_, begin) => {
    const story = begin().at(3000).gap(2500, { cause: "skipped" });
    const { disagreed } = compare(row("ESTAB"), story);
    expect(disagreed).toMatchObject([{ trace: story.only.state, table: "ESTABLISHED" }]);
    expect(divide(story, disagreed)).toEqual({ declared: 1, silent: 0 });
  });

  test("counts each row that one connect() without a port may be", () => {
    const story = connecting().at(3000).gap(2500, { cause: "skipped" });
    const { disagreed } = compare(row("ESTAB") + row("ESTAB", 41_000), story);
    expect(divide(story, disagreed)).toEqual({ declared: 0, silent: 2 });
  });

  test("excuses as many endpoints as the ledger says runs and records are missing", () => {
    const story = stuck(closing(), other).at(3000).gap(2500, { cause: "skipped" });
    const { disagreed } = compare(inFinWait2 + row("FIN-WAIT-2", 41_000), story);
    expect(disagreed).toHaveLength(2);
    expect(divide(story, disagreed, { skipped: 1, lost: 1 })).toEqual({ declared: 2, silent: 0 });
    expect(divide(story, disagreed, { skipped: 1, lost: 0 })).toEqual({ declared: 0, silent: 2 });
  });

  test("excuses one endpoint in any number of samples", () => {
    const story = closing().at(3000).gap(2500, { cause: "skipped" });
    const at = (fromNs: number) =>
      compare(inFinWait2, story, { fromNs, toNs: fromNs + 2e7 }).disagreed;
    expect(divide(story, [5e9, 6e9, 7e9].flatMap(at))).toEqual({ declared: 3, silent: 0 });
    // What was wrong before the gap has another cause.
    expect(divide(story, [2.3e9, 5e9, 6e9].flatMap(at))).toEqual({ declared: 0, silent: 3 });
  });
});

test("the report counts what is excused apart, and tells its story", () => {
  const second = sock({ localPort: 41_000 });
  const story = new Story().at(1000).connect(client).connect(second).at(2000);
  story.change(client, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL).at(3000);
  story.gap(2500, { cause: "skipped" });
  const report = reportStates(
    HEADER,
    story.events,
    [sample(row("FIN-WAIT-2") + row("ESTAB", 41_000))],
    { ...story.trace.ledger(), skipped: 1 },
  );
  expect(report).toMatchObject({ same: 1, disagreed: 0 });
  expect(report.text).toMatch(/, 0 disagree: 100\.000 %; 1 excused \(endpoints: 1; .*skipped: 1,/);
  expect(report.text).toMatch(/^excused: 5\.0000.*: table FIN_WAIT2, trace FIN_WAIT1\n +e1: /m);
});

test("the report takes what happened before a sample from behind newer events", () => {
  const story = open()
    .at(6000)
    .connect(sock({ localPort: 41_000 }))
    .at(4000)
    .closeFirst(client);
  const samples = [sample(row("FIN-WAIT-2"))];
  const report = reportStates(HEADER, story.events, samples, story.trace.ledger());
  expect(report).toMatchObject({ same: 1, disagreed: 0 });
});
