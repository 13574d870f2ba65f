/** Which wave was lost: what one end alone can know, and what both together decide. */
import { describe, expect, test } from "vitest";
import {
  ACK,
  CLOSING_CALL,
  FIN,
  ORPHANED,
  peerOf,
  SOFTIRQ,
  type Sock,
  Story,
  SYN,
  sock,
  statesOf,
  wavesOf,
} from "./story.ts";

const client = sock();
const server = peerOf(client);

/** Both ends established and paired. */
function both(): Story {
  const story = new Story();
  story.at(0).connect(client).at(1).accept(server);
  return story;
}

function finWait1(story: Story, socket: Sock): Story {
  return story.change(socket, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL);
}

describe("wave 1, the FIN, is lost", () => {
  test("the active end alone prints the pair", () => {
    const story = new Story();
    finWait1(story.connect(client).at(10), client).at(220).resend(client);
    expect(story.only).toMatchObject({ lostWave: "1 or 2", role: "active" });
  });

  test("both ends decide: the passive one never had it", () => {
    const story = both();
    finWait1(story.at(10), client).at(220).resend(client);
    expect(story.of(client).lostWave).toBe(1);
    expect(story.of(server).lostWave).toBe(1);
  });
});

describe("wave 2, its ACK, is lost", () => {
  test("the active end alone sees the same as for wave 1", () => {
    const story = new Story();
    finWait1(story.connect(client).at(10), client).at(220).resend(client).at(430).resend(client);
    expect(story.only.lostWave).toBe("1 or 2");
  });

  test("both ends decide: the passive one has had the FIN", () => {
    const story = both();
    finWait1(story.at(10), client).at(11).finCame(server).at(220).resend(client);
    expect(story.of(client).lostWave).toBe(2);
    expect(story.of(server).lostWave).toBe(2);
  });
});

describe("wave 3, the second FIN, is lost", () => {
  test("the passive end alone prints the pair", () => {
    const story = new Story();
    story.accept(server).at(10).finCame(server);
    story.at(20).change(server, "CLOSE_WAIT", "LAST_ACK", CLOSING_CALL);
    story.at(230).resend(server, { state: "LAST_ACK" });
    expect(story.only).toMatchObject({ lostWave: "3 or 4", role: "passive" });
  });

  test("both ends decide: the active one waits in FIN_WAIT2", () => {
    const story = both();
    story.at(10).closeFirst(client).at(11).finCame(server);
    story.at(20).change(server, "CLOSE_WAIT", "LAST_ACK", CLOSING_CALL);
    story.at(230).resend(server, { state: "LAST_ACK" });
    expect(story.of(server).lostWave).toBe(3);
    expect(story.of(client)).toMatchObject({ lostWave: 3, state: "FIN_WAIT2" });
  });
});

describe("wave 4, the last ACK, is lost", () => {
  function untilTimeWait(): Story {
    const story = both();
    story.at(10).closeFirst(client).at(11).finCame(server);
    story.at(20).change(server, "CLOSE_WAIT", "LAST_ACK", CLOSING_CALL);
    return story.at(20.1).segment(client, FIN | ACK);
  }

  test("the passive end alone sees the same as for wave 3", () => {
    const story = new Story();
    story.accept(server).at(10).finCame(server);
    story.at(20).change(server, "CLOSE_WAIT", "LAST_ACK", CLOSING_CALL);
    story.at(230).resend(server, { state: "LAST_ACK" });
    expect(story.only.lostWave).toBe("3 or 4");
  });

  test("both ends decide: the active one was in TIME_WAIT when the FIN was sent again", () => {
    const story = untilTimeWait().at(230).resend(server, { state: "LAST_ACK" });
    expect(story.of(server).lostWave).toBe(4);
    expect(story.of(client).lostWave).toBe(4);
  });

  test("the active end alone knows it by the FIN that comes again, and TIME_WAIT begins anew", () => {
    const story = new Story();
    story
      .connect(client)
      .at(10)
      .closeFirst(client)
      .at(20)
      .segment(client, FIN | ACK);
    expect(story.only).toMatchObject({ lostWave: null, expiresAt: 60_020e6 });
    story.at(230).segment(client, FIN | ACK);
    expect(story.only).toMatchObject({ lostWave: 4, expiresAt: 60_230e6, state: "TIME_WAIT" });
    expect(story.only.waves.find(({ n }) => n === 3)).toMatchObject({
      by: "remote",
      retransmits: 1,
    });
  });

  test("a bare ACK in TIME_WAIT is no lost wave, and re-arms too", () => {
    const story = new Story();
    story
      .connect(client)
      .at(10)
      .closeFirst(client)
      .at(20)
      .segment(client, FIN | ACK);
    story.at(50).segment(client, ACK);
    expect(story.only).toMatchObject({ lostWave: null, expiresAt: 60_050e6 });
  });
});

describe("what is sent again", () => {
  test("a failed send never was on the wire", () => {
    const story = new Story();
    finWait1(story.connect(client).at(10), client).at(220).resend(client, { failed: true });
    expect(story.only).toMatchObject({ resends: [], lostWave: null });
    expect(story.trace.summary().retransmits).toEqual({ FIN: 0, DATA: 0, SYN: 0 });
  });

  test("data in front of the FIN is no lost FIN; both in one segment are", () => {
    const story = new Story();
    finWait1(story.connect(client).at(10), client);
    story.at(220).resend(client, { flags: ACK | 8, length: 5 });
    expect(story.only.lostWave).toBeNull();
    story.at(430).resend(client, { flags: FIN | ACK | 8, length: 5 });
    expect(story.only.lostWave).toBe("1 or 2");
    story.at(850).resend(client);
    expect(story.only.resends.map(({ kind, attempt }) => `${kind} ${attempt}`)).toEqual([
      "DATA 1",
      "DATA+FIN 1",
      "FIN 2",
    ]);
    expect(story.only.waves[0]).toMatchObject({ n: 1, retransmits: 2 });
    expect(story.trace.summary().retransmits).toEqual({ FIN: 2, DATA: 1, SYN: 0 });
  });

  test("unread flags are a SYN in SYN_SENT and data anywhere else, never a FIN", () => {
    const story = new Story();
    finWait1(story.connect(client).at(10), client);
    story.at(220).resend(client, { flags: null, length: null });
    expect(story.only).toMatchObject({ resends: [{ kind: "DATA" }], lostWave: null });
    const other = sock({ localPort: 40_001 });
    story.change(other, "CLOSE", "SYN_SENT").resend(other, { state: "SYN_SENT", flags: null });
    expect(story.of(other).resends).toMatchObject([{ kind: "SYN" }]);
  });

  test("a SYN that is sent again brings the port that connect() chose", () => {
    const story = new Story();
    story.change({ ...client, localPort: 0 }, "CLOSE", "SYN_SENT").at(1000);
    story.resend(client, { state: "SYN_SENT", flags: SYN });
    expect(story.only.tuple).toMatchObject({ localPort: client.localPort });
    story.at(2000).change(client, "SYN_SENT", "ESTABLISHED", SOFTIRQ);
    expect(story.only).toMatchObject({ state: "ESTABLISHED", isComplete: true });
  });

  test("a socket that nobody knows is counted all the same", () => {
    const story = new Story().resend(client);
    expect(story.endpoints).toEqual([]);
    expect(story.trace.summary().retransmits.FIN).toBe(1);
  });

  test("a re-send at another tuple's old address is not the old tuple's", () => {
    const story = both();
    const stranger = sock({ sk: client.sk, localPort: 50_000 });
    story.at(50).resend(stranger, { state: "ESTABLISHED", flags: ACK, length: 9 });
    expect(story.of(client).resends).toEqual([]);
  });

  test("more than can be kept are still counted", () => {
    const story = new Story();
    finWait1(story.connect(client).at(10), client);
    for (let i = 0; i < 1000; i++) story.at(20 + i).resend(client);
    expect(story.only.resends.length).toBeLessThanOrEqual(256);
    expect(story.only.waves[0]?.retransmits).toBe(1000);
    expect(story.trace.summary().retransmits.FIN).toBe(1000);
  });
});

describe("a FIN that is never answered", () => {
  test.each([
    ["FIN_WAIT1", "active", "1 or 2"],
    ["LAST_ACK", "passive", "3 or 4"],
  ] as const)("from %s the kernel gives up", (state, role, lostWave) => {
    const story = new Story();
    if (state === "FIN_WAIT1") finWait1(story.connect(client).at(10), client);
    else {
      story.accept(client).at(5).finCame(client);
      story.at(10).change(client, "CLOSE_WAIT", "LAST_ACK", CLOSING_CALL);
    }
    for (let i = 0; i < 8; i++) story.at(10 + 200 * 2 ** i).resend(client, { state });
    story.at(106_400).change(client, state, "CLOSE", { ...ORPHANED, error: 110 });
    expect(story.only).toMatchObject({ verdict: "timed-out", role, lostWave, state: "CLOSE" });
    expect(story.only.waves.some(({ n }) => n === 4)).toBe(false);
  });
});

describe("a first closer who finds the other's FIN on the way", () => {
  test("both ends of a simultaneous close are told apart from an ordinary one", () => {
    const story = both();
    finWait1(finWait1(story.at(10), client), server).at(11);
    for (const end of [client, server]) {
      story.change(end, "FIN_WAIT1", "CLOSING", { ...ORPHANED, finReceived: true });
      story.change(end, "CLOSING", "CLOSE", { ...ORPHANED, finReceived: true });
    }
    for (const end of [client, server]) {
      expect(story.of(end)).toMatchObject({ role: "simultaneous", verdict: "graceful" });
      expect(statesOf(story.of(end)).slice(-3)).toEqual(["FIN_WAIT1", "CLOSING", "TIME_WAIT"]);
      expect(wavesOf(story.of(end)).map((wave) => wave.replace(/ \w+$/, ""))).toEqual([
        "1 local",
        "2 remote",
        "3 remote",
        "4 local",
      ]);
    }
  });
});
