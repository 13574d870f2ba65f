/** The life of what replaces a closed socket: waiting in FIN_WAIT2, TIME_WAIT, and its ends. */
import { describe, expect, test } from "vitest";
import { ACK, FIN, NETNS, ORPHANED, RST, Story, sock, statesOf, wavesOf } from "./story.ts";

const socket = sock();
const TIMEOUT = "net.ipv4.tcp_fin_timeout";

function closed(options: ConstructorParameters<typeof Story>[0] = {}): Story {
  return new Story(options).at(0).connect(socket).at(100).closeFirst(socket);
}

describe("how long a mini-socket waits in FIN_WAIT2", () => {
  test.each([
    ["unset", undefined, 60],
    ["2 s", "2", 2],
    ["30 s", "30", 30],
    ["60 s", "60", 60],
    // The full socket has waited the other 60 s less 60: net/ipv4/tcp_timer.c:tcp_keepalive_timer.
    ["65 s", "65", 5],
    ["90 s", "90", 30],
    ["120 s", "120", 60],
    ["no number", "soon", 60],
  ])("tcp_fin_timeout %s", (_, value, seconds) => {
    const story = closed(value === undefined ? {} : { sysctls: { [TIMEOUT]: value } });
    const end = 100 + seconds * 1000;
    expect(story.until(end - 1).only).toMatchObject({ state: "FIN_WAIT2", isMini: true });
    expect(story.until(end + 1).only).toMatchObject({
      state: "CLOSE",
      verdict: "timed-out",
      endedAt: end * 1e6,
      orphan: true,
    });
  });

  test("is asked of the socket's own namespace, else of the header's", () => {
    const story = new Story({ sysctls: { [TIMEOUT]: "60" } });
    story.host({ netns: NETNS, sysctls: { [TIMEOUT]: "5" } });
    const elsewhere = sock({ netns: NETNS + 1 });
    story.connect(socket).connect(elsewhere).at(100).closeFirst(socket).closeFirst(elsewhere);
    expect(story.of(socket).expiresAt).toBe(5_100e6);
    expect(story.of(elsewhere).expiresAt).toBe(60_100e6);
  });

  test("does not matter once the peer's FIN is in", () => {
    const story = closed({ sysctls: { [TIMEOUT]: "2" } })
      .at(1500)
      .segment(socket, FIN | ACK);
    expect(story.until(61_499).only.state).toBe("TIME_WAIT");
    expect(story.until(61_501).only).toMatchObject({ state: "CLOSE", verdict: "graceful" });
  });
});

describe("what a mini-socket takes in", () => {
  test("in FIN_WAIT2 a bare ACK changes nothing", () => {
    const story = closed().at(500).segment(socket, ACK, { substate: "FIN_WAIT2" });
    expect(story.only).toMatchObject({ state: "FIN_WAIT2", expiresAt: 60_100e6 });
  });

  test("in FIN_WAIT2 data is answered by an RST, and that is the end", () => {
    const story = closed().at(500).reset(socket, "sent", {
      sk: "ffff88810000dead",
      state: "TIME_WAIT",
      reason: "TCP_TIMEWAIT_SOCKET",
      answering: true,
    });
    expect(story.only).toMatchObject({
      state: "CLOSE",
      verdict: "reset-sent",
      endedAt: 500e6,
      note: expect.stringContaining("data arrived"),
    });
    story.segment(socket, ACK | 8, { substate: "FIN_WAIT2", isAlive: false });
    expect(story.only.verdict).toBe("reset-sent");
  });

  test("in FIN_WAIT2 an RST kills it", () => {
    const story = closed().at(500).segment(socket, RST, { substate: "FIN_WAIT2" });
    expect(story.only).toMatchObject({ state: "CLOSE", verdict: "reset-received", endedAt: 500e6 });
    expect(story.only.reset).toMatchObject({ direction: "received" });
  });

  test("in TIME_WAIT an RST ends it early; the teardown stays graceful", () => {
    const story = closed()
      .at(200)
      .segment(socket, FIN | ACK)
      .at(900)
      .segment(socket, RST);
    expect(story.only).toMatchObject({
      state: "CLOSE",
      verdict: "graceful",
      endedAt: 900e6,
      note: expect.stringContaining("RST"),
    });
  });

  test("with tcp_rfc1337 the RST does not: the mini-socket lives, and is not re-armed", () => {
    const story = closed()
      .at(200)
      .segment(socket, FIN | ACK)
      .at(900);
    story.segment(socket, RST, { isAlive: true });
    expect(story.only).toMatchObject({ state: "TIME_WAIT", expiresAt: 60_200e6, reset: null });
  });

  test("in TIME_WAIT each segment with ACK begins the 60 s anew", () => {
    const story = closed()
      .at(200)
      .segment(socket, FIN | ACK);
    for (let ms = 10_000; ms <= 200_000; ms += 10_000) story.at(ms).segment(socket, ACK);
    expect(story.until(259_999).only.state).toBe("TIME_WAIT");
    expect(story.until(260_001).only).toMatchObject({ state: "CLOSE", endedAt: 260_000e6 });
    expect(statesOf(story.only).filter((state) => state === "TIME_WAIT")).toHaveLength(1);
  });

  test("a segment for a tuple that nobody knows is nothing", () => {
    expect(new Story().segment(socket, FIN | ACK).endpoints).toEqual([]);
  });

  test("where the change to CLOSE was missed, the mini-socket proves it", () => {
    const story = new Story()
      .connect(socket)
      .at(500)
      .segment(socket, FIN | ACK);
    expect(story.only).toMatchObject({ state: "TIME_WAIT", isMini: true, isComplete: false });
  });

  test("where it was missed, an RST that killed the mini-socket is its end", () => {
    const story = new Story().connect(socket).at(500);
    story.segment(socket, RST, { substate: "FIN_WAIT2", isAlive: false });
    expect(story.only).toMatchObject({
      state: "CLOSE",
      isComplete: false,
      verdict: "reset-received",
    });
  });
});

describe("where a probe tells the end of a mini-socket", () => {
  test("that moment is the end, although the kernel's timer is late", () => {
    const story = closed({ seesMiniEnd: true })
      .at(200)
      .segment(socket, FIN | ACK);
    expect(story.until(61_500).only.state).toBe("TIME_WAIT");
    story.at(61_800).miniEnd(socket, "TIME_WAIT");
    expect(story.only).toMatchObject({ state: "CLOSE", verdict: "graceful", endedAt: 61_800e6 });
  });

  test("an end that never comes is made up for, at the time that the rule says", () => {
    const story = closed({ seesMiniEnd: true })
      .at(200)
      .segment(socket, FIN | ACK)
      .until(67_000);
    expect(story.only).toMatchObject({ state: "CLOSE", verdict: "graceful", endedAt: 60_200e6 });
  });

  test("in FIN_WAIT2 it is the limit of the orphan", () => {
    const story = closed({ seesMiniEnd: true }).at(60_900).miniEnd(socket, "FIN_WAIT2");
    expect(story.only).toMatchObject({ verdict: "timed-out", endedAt: 60_900e6 });
    expect(wavesOf(story.only)).toEqual(["1 local observed", "2 remote observed"]);
  });

  test("in TIME_WAIT that nobody saw begin, it began 60 s before, by a rule", () => {
    const story = closed({ seesMiniEnd: true }).at(62_000).miniEnd(socket, "TIME_WAIT");
    expect(story.only).toMatchObject({ state: "CLOSE", verdict: "graceful", endedAt: 62_000e6 });
    expect(story.only.phases.slice(-2)).toMatchObject([
      { state: "FIN_WAIT2", to: 2_000e6 },
      { state: "TIME_WAIT", from: 2_000e6, to: 62_000e6, evidence: "inferred" },
    ]);
  });

  test("it is not the end of a connection that has the tuple by now", () => {
    const story = new Story({ seesMiniEnd: true })
      .connect(socket)
      .at(500)
      .miniEnd(socket, "TIME_WAIT");
    expect(story.only.state).toBe("ESTABLISHED");
  });
});

describe("the end of the trace", () => {
  test("leaves what waits unfinished, and TIME_WAIT graceful", () => {
    const waiting = closed().until(1000);
    expect(waiting.trace.summary()).toMatchObject({ byVerdict: { unfinished: 1, graceful: 0 } });
    const done = closed()
      .at(200)
      .segment(socket, FIN | ACK)
      .until(1000);
    expect(done.trace.summary()).toMatchObject({ byVerdict: { unfinished: 0, graceful: 1 } });
  });

  test("durations are those of the mini-sockets too", () => {
    const story = closed()
      .at(200)
      .segment(socket, FIN | ACK)
      .until(70_000);
    const { phaseMs } = story.trace.summary();
    expect(phaseMs.FIN_WAIT2?.max).toBe(100);
    expect(phaseMs.TIME_WAIT?.max).toBe(60_000);
  });

  test("a full socket in FIN_WAIT2 has no limit of its own", () => {
    const story = new Story().connect(socket).at(10).change(socket, "ESTABLISHED", "FIN_WAIT1");
    story.change(socket, "FIN_WAIT1", "FIN_WAIT2", { ...ORPHANED, orphan: false }).until(1e6);
    expect(story.only).toMatchObject({ state: "FIN_WAIT2", verdict: null, expiresAt: null });
  });
});
