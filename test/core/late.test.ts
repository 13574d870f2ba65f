/** A change of state that comes after younger ones leaves what is there as it is. */
import { expect, test } from "vitest";
import {
  CLOSING_CALL,
  type Evidence,
  ORPHANED,
  peerOf,
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

test("a whole opening that is told after the close begins no other life", () => {
  const story = new Story();
  const server = peerOf(client);
  story.at(5).change(server, "CLOSE_WAIT", "LAST_ACK", CLOSING_CALL);
  story.change(client, "FIN_WAIT1", "FIN_WAIT2", ORPHANED);
  story.at(6).change(client, "FIN_WAIT2", "CLOSE", ORPHANED);
  story.change(server, "LAST_ACK", "CLOSE", ORPHANED);
  story.at(1).change({ ...client, localPort: 0 }, "CLOSE", "SYN_SENT", late({}));
  story.at(2).change(client, "SYN_SENT", "ESTABLISHED", late(SOFTIRQ));
  story.change(server, "LISTEN", "SYN_RECV", late(SOFTIRQ));
  story.change(server, "SYN_RECV", "ESTABLISHED", late(SOFTIRQ));
  story.at(3).change(client, "ESTABLISHED", "FIN_WAIT1", late(CLOSING_CALL));
  story.change(server, "ESTABLISHED", "CLOSE_WAIT", late(SOFTIRQ));
  expect(story.endpoints.map(({ state, role, verdict }) => [state, role, verdict])).toEqual([
    ["CLOSE", "passive", "graceful"],
    ["FIN_WAIT2", "active", null],
  ]);
  expect(story.of(client)).toMatchObject({ direction: "out", trigger: "close", isMini: true });
  // The same socket is another's a moment later.
  story.at(7).change({ ...client, localPort: 0 }, "CLOSE", "SYN_SENT", late({}));
  expect(story.endpoints).toHaveLength(3);
});
