/** State changes that the kernel left out: what the next use of the socket, and the table, make of it. */
import { describe, expect, test } from "vitest";
import { CLOSING_CALL, FIN, ORPHANED, Story, sock, statesOf, wavesOf } from "./story.ts";

const client = sock();
const MINI = { timer: "timewait", timerMs: 45_000, inode: 0, uid: 0 };

/** Closed first; the change to FIN_WAIT2 and the one that made the mini-socket are left out. */
function skipped(): Story {
  const story = new Story().at(0).connect(client);
  return story.at(10).change(client, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL);
}

/** Another connect() gets the same kernel socket. */
function reused(): Story {
  const other = sock({ sk: client.sk, localPort: 0 });
  return skipped().at(20).change(other, "CLOSE", "SYN_SENT");
}

describe("the socket of a first closer is used again", () => {
  test("so a mini-socket waits for the peer, as far as can be known", () => {
    const endpoint = reused().of(client);
    expect(endpoint).toMatchObject({ state: "FIN_WAIT2", isMini: true, isComplete: false });
    expect(statesOf(endpoint)).toEqual(["SYN_SENT", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2"]);
    expect(endpoint.phases.at(-1)).toMatchObject({ from: 20e6, evidence: "inferred" });
    expect(wavesOf(endpoint)).toEqual(["1 local observed", "2 remote inferred"]);
  });

  test("the peer's FIN finds it", () => {
    const story = reused().at(30).segment(client, FIN);
    expect(story.of(client)).toMatchObject({ state: "TIME_WAIT", verdict: "graceful" });
  });

  test("the table finds it, and it stays one endpoint", () => {
    const story = reused().at(30).row(client, "TIME_WAIT", MINI);
    expect(story.of(client)).toMatchObject({ state: "TIME_WAIT", expiresAt: 45_030e6 });
    expect(story.endpoints).toHaveLength(2);
  });

  test("the table does not list it, so nothing is known of its end", () => {
    const story = reused().at(30).row(client, "CLOSE");
    expect(story.of(client)).toMatchObject({ state: "CLOSE", verdict: "unknown" });
  });

  test("nobody tells, so it ends when a mini-socket would, and its verdict is unknown", () => {
    const story = reused().until(60_021);
    expect(story.of(client)).toMatchObject({ endedAt: 60_020e6, verdict: "unknown" });
  });

  test("in FIN_WAIT2 the change that is missing is the last one", () => {
    const story = new Story().at(0).connect(client);
    story.at(10).change(client, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL);
    story.change(client, "FIN_WAIT1", "FIN_WAIT2", ORPHANED);
    story.at(20).change(sock({ sk: client.sk, localPort: 0 }), "CLOSE", "SYN_SENT");
    expect(story.of(client)).toMatchObject({ state: "FIN_WAIT2", isMini: true });
    expect(story.of(client).phases.at(-1)?.evidence).toBe("inferred");
  });
});

describe("a row in CLOSE: the whole table was read and does not list it", () => {
  test("ends a full socket whose last change is missing", () => {
    const story = skipped().at(500).row(client, "CLOSE");
    expect(story.only).toMatchObject({
      state: "CLOSE",
      endedAt: 500e6,
      verdict: "unknown",
      isComplete: false,
    });
  });

  test("says nothing against an event that is newer than the reading", () => {
    const story = skipped().at(500).row(client, "CLOSE", { since: 10e6 });
    expect(story.only).toMatchObject({ state: "FIN_WAIT1", isComplete: true });
  });

  test("says nothing of a socket that nobody knows", () => {
    expect(new Story().at(500).row(client, "CLOSE").endpoints).toEqual([]);
  });
});
