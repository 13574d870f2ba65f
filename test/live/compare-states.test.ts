/** The comparison itself: it must be able to find each kind of difference. */
import { describe, expect, test } from "vitest";
import { Story, sock } from "../core/story.ts";
import { Changes, compareStates } from "./compare-states.ts";
import type { Sample } from "./sample.ts";
import { parseSocketTable } from "./ss.ts";

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
