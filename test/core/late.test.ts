/** A change of state that comes after younger ones leaves what is there as it is. */
import { expect, test } from "vitest";
import {
  CLOSING_CALL,
  type Evidence,
  ORPHANED,
  SOFTIRQ,
  Story,
  sock,
  statesOf,
  wavesOf,
} from "./story.ts";

const client = sock();
const late = (evidence: Evidence) => ({ ...evidence, late: true }) as Evidence;

test("the mini-socket goes on to wait when its FIN is told last", () => {
  const story = new Story().connect(client);
  story.at(5).change(client, "FIN_WAIT1", "FIN_WAIT2", ORPHANED);
  story.change(client, "FIN_WAIT2", "CLOSE", ORPHANED);
  story.at(4).change(client, "ESTABLISHED", "FIN_WAIT1", late(CLOSING_CALL));
  expect(story.only).toMatchObject({ state: "FIN_WAIT2", isMini: true, trigger: "close" });
  expect(statesOf(story.only)).toEqual(["SYN_SENT", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2"]);
  expect(wavesOf(story.only)).toEqual(["1 local observed", "2 remote observed"]);
  expect(story.only.waves[0]).toMatchObject({ at: 4e6, evidence: "observed" });
});

test("a connect() that is told last is that of the connection", () => {
  const story = new Story().at(2).change(client, "SYN_SENT", "ESTABLISHED", SOFTIRQ);
  story.at(1).change({ ...client, localPort: 0 }, "CLOSE", "SYN_SENT", late({}));
  expect(story.only).toMatchObject({ state: "ESTABLISHED", direction: "out" });
});

test("one that only comes late is news like any other", () => {
  const story = new Story().connect(client);
  story.at(3).change(client, "ESTABLISHED", "CLOSE_WAIT", late(SOFTIRQ));
  expect(story.only.state).toBe("CLOSE_WAIT");
});
