/** What is carried into the next file does not grow with those who take turns at one connection. */
import { expect, test } from "vitest";
import { Carry } from "../../src/core/carry.ts";
import { Trace } from "../../src/core/fold.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { storiesOf } from "./stories.ts";
import { CLOSING_CALL, Story, sock } from "./story.ts";

const INODE = 77;
const end = sock({ local: "10.0.0.2", localPort: 8080, remote: "10.0.0.9", remotePort: 40_000 });

/** What a carry makes of a story, and what a new trace makes of that. */
function carriedOf(story: Story): { carried: readonly TraceEvent[]; retold: Trace } {
  const carry = new Carry<TraceEvent>(new Trace());
  for (const event of story.events) carry.step(event, event);
  const carried = carry.carried().refs;
  const retold = new Trace();
  for (const event of carried) retold.step(event);
  return { carried, retold };
}

function usersIn(events: readonly TraceEvent[]): number[] {
  return events.flatMap((event) => (event.type === "use" ? [event.pid] : []));
}

test("of workers that alternate the last use of each is kept, and the story is the same", () => {
  const story = new Story().at(0).accept(end);
  for (let turn = 1; turn <= 1000; turn++) story.at(turn).use(end, 300 + (turn % 2), INODE);
  const { carried, retold } = carriedOf(story);
  expect(usersIn(carried)).toEqual([301, 300]);
  expect(storiesOf(retold)).toEqual(storiesOf(story.trace));
});

test("of very many the newest are kept", () => {
  const story = new Story().at(0).accept(end);
  for (let turn = 1; turn <= 100; turn++) story.at(turn).use(end, 1000 + turn, INODE);
  expect(usersIn(carriedOf(story).carried)).toEqual(Array.from({ length: 16 }, (_, i) => 1085 + i));
});

test("a use before who closes is told of is kept beside one after it", () => {
  const story = new Story().at(0).accept(end).at(100).use(end, 300, INODE);
  story.at(200).change(end, "ESTABLISHED", "FIN_WAIT1", { ...CLOSING_CALL, pid: 300 });
  story.at(300).use(end, 300, INODE);
  const { carried, retold } = carriedOf(story);
  expect(usersIn(carried)).toEqual([300, 300]);
  expect(storiesOf(retold)).toEqual(storiesOf(story.trace));
});

test("scans between the uses make no difference", () => {
  const story = new Story().at(0).accept(end);
  for (let turn = 1; turn <= 20; turn++) {
    story.at(turn * 10).use(end, 300 + (turn % 2), INODE);
    story
      .at(turn * 10 + 1)
      .holder(INODE, 300, { scan: turn })
      .holder(INODE, 301, { scan: turn });
  }
  const { carried, retold } = carriedOf(story);
  expect(usersIn(carried)).toEqual([301, 300]);
  expect(storiesOf(retold)).toEqual(storiesOf(story.trace));
});
