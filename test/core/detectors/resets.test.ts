/** Resets: the cause of each, both ends of one teardown, and the minute in which they count. */
import { describe, expect, test } from "vitest";
import type { Endpoint } from "../../../src/core/endpoint.ts";
import { resetCauseOf } from "../../../src/core/reset-cause.ts";
import { adviseOn } from "../../../src/export/finding-advice.ts";
import { CLOSING_CALL, ORPHANED, SOFTIRQ, type Sock, Story, sock } from "../story.ts";
import { findingIn, recorded } from "./recorded.ts";

const server = (i = 0) => sock({ localPort: 8080, remotePort: 1024 + i });

/** The endpoint of one socket, as a story leaves it. */
function left(tell: (story: Story, of: Sock) => Story): Endpoint {
  const of = server();
  const { trace } = tell(new Story().at(0), of);
  const [endpoint] = trace.endpoints();
  if (endpoint === undefined) throw new Error("no endpoint");
  return endpoint;
}

const closing = (story: Story, of: Sock, evidence = {}) =>
  story.accept(of).change(of, "ESTABLISHED", "CLOSE", { ...CLOSING_CALL, ...evidence });

describe("the cause of one reset", () => {
  const unaccepted = { ...SOFTIRQ, pid: 200, comm: "server", inode: 0, orphan: true };

  test.each<[string, (story: Story, of: Sock) => Story]>([
    ["unread-data", (s, of) => closing(s, of, { recvQ: 5 })],
    ["linger", (s, of) => closing(s, of, { linger: true })],
    [
      "unread-data",
      (s, of) =>
        closing(s, of, { exiting: true }).reset(of, "sent", { reason: "TCP_ABORT_ON_CLOSE" }),
    ],
    [
      "linger",
      (s, of) => closing(s, of, { exiting: true }).reset(of, "sent", { reason: "TCP_STATE" }),
    ],
    ["not-accepted", (s, of) => s.child(of).change(of, "ESTABLISHED", "CLOSE", unaccepted)],
    [
      "not-accepted",
      (s, of) => s.child(of).change(of, "ESTABLISHED", "CLOSE", { ...unaccepted, linger: true }),
    ],
    [
      "received",
      (s, of) => s.accept(of).change(of, "ESTABLISHED", "CLOSE", { ...SOFTIRQ, error: 104 }),
    ],
    [
      "data-after-close",
      (s, of) =>
        s
          .accept(of)
          .change(of, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL)
          .change(of, "FIN_WAIT1", "CLOSE", { ...ORPHANED, error: 104 })
          .reset(of, "sent", { reason: "TCP_ABORT_ON_DATA", answering: true }),
    ],
    [
      "memory",
      (s, of) =>
        s
          .accept(of)
          .change(of, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL)
          .change(of, "FIN_WAIT1", "CLOSE", CLOSING_CALL),
    ],
    [
      "memory",
      (s, of) =>
        s
          .accept(of)
          .finCame(of)
          .change(of, "CLOSE_WAIT", "LAST_ACK", CLOSING_CALL)
          .change(of, "LAST_ACK", "CLOSE", ORPHANED)
          .reset(of, "sent", { reason: "TCP_ABORT_ON_MEMORY" }),
    ],
    [
      "data-with-ack",
      (s, of) => s.accept(of).closeFirst(of).reset(of, "sent", { reason: "TCP_ABORT_ON_DATA" }),
    ],
  ])("%s", (cause, tell) => {
    expect(resetCauseOf(left(tell))).toBe(cause);
  });

  test.each<[string, (story: Story, of: Sock) => Story]>([
    ["an ordinary end", (s, of) => s.accept(of).finCame(of).closeSecond(of)],
    [
      "a timeout",
      (s, of) => s.accept(of).change(of, "ESTABLISHED", "CLOSE", { ...SOFTIRQ, error: 110 }),
    ],
    ["disconnect()", (s, of) => closing(s, of).reset(of, "sent", { reason: "TCP_STATE" })],
  ])("none has %s", (_, tell) => {
    expect(resetCauseOf(left(tell))).toBeNull();
  });
});

describe("reset-teardown", () => {
  test.each(["unread-data", "not-accepted", "data-after-close", "memory", "received"])(
    "%s stands in the subject, and the advice is about it alone",
    async (cause) => {
      const name = `reset-teardown/fires-${cause}`;
      const finding = await findingIn(name);
      expect(finding).toMatchObject({ subject: { cause }, count: 5 });
      expect(finding.endpoints).toHaveLength(5);
      const { trace } = await recorded(name);
      expect(adviseOn(finding, trace)).toHaveLength(2);
    },
  );

  test("two visible ends are one teardown, told by the end that sent the RST", async () => {
    const finding = await findingIn("reset-teardown/fires-linger-both-ends-seen");
    expect(finding).toMatchObject({ subject: { cause: "linger" }, count: 5 });
    expect(finding.endpoints).toHaveLength(10);
    expect(finding.evidence).toContain("the other end of 5 of them is on this host too");
  });

  test("resets without a word for their cause have none in the subject", () => {
    const story = new Story().at(0);
    for (let i = 0; i < 5; i++) {
      closing(story, server(i)).reset(server(i), "sent", { reason: "TCP_STATE" });
    }
    const [finding] = story.until(1500).trace.findings();
    expect(finding).toMatchObject({ kind: "reset-teardown", count: 5 });
    expect(finding?.subject).not.toHaveProperty("cause");
  });

  test("holds while five lie within a minute, and begins with the first of them", () => {
    const story = new Story();
    for (let i = 0; i < 5; i++) closing(story.at(1000 + i * 5000), server(i), { recvQ: 5 });
    const finding = () => story.trace.findings()[0];
    story.until(60_500);
    expect(finding()).toMatchObject({ since: 1e9, until: null, count: 5 });
    story.until(62_000);
    expect(finding()?.until).toBe(61e9);
  });

  test("equal addresses in two namespaces are two pairs", () => {
    const story = new Story().at(0);
    for (let i = 0; i < 6; i++) {
      closing(story, { ...server(i), netns: 4026532000 + (i % 2) }, { recvQ: 5 });
    }
    expect(story.until(1500).trace.findings()).toEqual([]);
  });

  test("a finding goes on naming endpoints that came and went", () => {
    const story = new Story();
    for (let i = 0; i < 30; i++) closing(story.at(i * 10_000), server(i), { recvQ: 5 });
    const [finding] = story.until(300_000).trace.findings();
    expect(finding).toMatchObject({ count: 6, until: null });
    expect(finding?.endpoints).toHaveLength(30);
  });
});
