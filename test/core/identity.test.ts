/** Which endpoint an event speaks of, when addresses are recycled and ports come late. */
import { describe, expect, test } from "vitest";
import {
  ACK,
  CLOSING_CALL,
  FIN,
  NETNS,
  ORPHANED,
  peerOf,
  SOFTIRQ,
  Story,
  sock,
  statesOf,
  wavesOf,
} from "./story.ts";

const client = sock();
const server = peerOf(client);

describe("a life begins", () => {
  test("with connect(), before there is a port", () => {
    const story = new Story();
    story.change({ ...client, localPort: 0 }, "CLOSE", "SYN_SENT");
    expect(story.only).toMatchObject({
      direction: "out",
      tuple: { localPort: 0 },
      owner: { source: "connect", pid: 100 },
    });
    story.at(1).change(client, "SYN_SENT", "ESTABLISHED", SOFTIRQ);
    expect(story.only).toMatchObject({ tuple: { localPort: client.localPort }, isComplete: true });
    expect(statesOf(story.only)).toEqual(["SYN_SENT", "ESTABLISHED"]);
  });

  test("with connect() again on a socket that was refused, under the port of before", () => {
    const story = new Story();
    story
      .change({ ...client, localPort: 39_999 }, "CLOSE", "SYN_SENT")
      .at(1)
      .change(client, "SYN_SENT", "ESTABLISHED", SOFTIRQ);
    expect(story.only).toMatchObject({
      tuple: { localPort: client.localPort },
      owner: { source: "connect", pid: 100 },
      isComplete: true,
    });
    expect(statesOf(story.only)).toEqual(["SYN_SENT", "ESTABLISHED"]);
  });

  test("with a listener's child, which is not the listener", () => {
    const story = new Story();
    const listener = sock({ local: "0.0.0.0", localPort: 443, remote: "0.0.0.0", remotePort: 0 });
    story.change(listener, "CLOSE", "LISTEN");
    story
      .change(server, "LISTEN", "SYN_RECV", SOFTIRQ)
      .change(server, "SYN_RECV", "ESTABLISHED", SOFTIRQ);
    expect(story.only).toMatchObject({ direction: "in", sk: server.sk, isComplete: true });
    story.change(listener, "LISTEN", "CLOSE", CLOSING_CALL);
    expect(story.only.state).toBe("ESTABLISHED");
  });

  test("with the first event of a socket that is older than the trace", () => {
    const story = new Story();
    story.change(client, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL);
    expect(story.only).toMatchObject({ direction: null, role: "active", isComplete: true });
    expect(story.only.phases[0]).toMatchObject({
      state: "ESTABLISHED",
      atLeast: true,
      evidence: "inferred",
    });
  });

  test.each([
    ["FIN_WAIT1", "active", ["1 local"]],
    ["FIN_WAIT2", "active", ["1 local", "2 remote"]],
    ["CLOSING", "simultaneous", ["1 local", "3 remote"]],
    ["CLOSE_WAIT", "passive", ["1 remote", "2 local"]],
    ["LAST_ACK", "passive", ["1 remote", "2 local", "3 local"]],
    ["ESTABLISHED", "none", []],
  ] as const)("in %s: what must have gone before is inferred", (state, role, waves) => {
    const story = new Story();
    story.change(client, state, "CLOSE", { ...ORPHANED, error: 104 });
    expect(story.only).toMatchObject({ role, verdict: "reset-received" });
    expect(wavesOf(story.only)).toEqual(waves.map((wave) => `${wave} inferred`));
  });
});

describe("the socket's address is recycled", () => {
  test("the next connection at it is another endpoint", () => {
    const story = new Story();
    const next = { ...client, localPort: 40_001 };
    story
      .connect(client)
      .at(5)
      .change(client, "ESTABLISHED", "CLOSE", { ...SOFTIRQ, error: 104 });
    story.at(5.01).connect(next);
    expect(story.endpoints.map(({ verdict, state }) => [verdict, state])).toEqual([
      ["reset-received", "CLOSE"],
      [null, "ESTABLISHED"],
    ]);
  });

  test("an RST after the change goes to the old one, not to the one that has the address now", () => {
    const story = new Story();
    const next = { ...client, localPort: 40_001 };
    story
      .connect(client)
      .at(5)
      .change(client, "ESTABLISHED", "CLOSE", { ...CLOSING_CALL, recvQ: 2 });
    story.at(5.01).connect(next).at(5.02);
    story.reset(client, "sent", { reason: "TCP_ABORT_ON_CLOSE" });
    expect(story.endpoints[0]?.reset).toMatchObject({ reason: "TCP_ABORT_ON_CLOSE" });
    expect(story.endpoints[1]?.reset).toBeNull();
  });

  test("without having seen the end, that end is unknown, and said to be", () => {
    const story = new Story();
    story
      .connect(client)
      .at(500)
      .connect({ ...client, localPort: 40_001 });
    expect(story.endpoints[0]).toMatchObject({
      verdict: "unknown",
      isComplete: false,
      note: expect.stringContaining("used again"),
    });
    expect(story.endpoints[1]).toMatchObject({ verdict: null, isComplete: true });
  });

  test("a first event of another tuple at it does the same", () => {
    const story = new Story();
    story
      .connect(client)
      .at(500)
      .finCame({ ...client, remotePort: 8443 });
    expect(story.endpoints.map(({ verdict }) => verdict)).toEqual(["unknown", null]);
    expect(story.endpoints[1]).toMatchObject({ role: "passive", state: "CLOSE_WAIT" });
  });

  test("a mini-socket has given its address back", () => {
    const story = new Story();
    story
      .connect(client)
      .at(5)
      .closeFirst(client)
      .at(6)
      .connect({ ...client, localPort: 40_001 });
    expect(story.endpoints.map(({ state }) => state)).toEqual(["FIN_WAIT2", "ESTABLISHED"]);
    expect(story.endpoints.every(({ isComplete }) => isComplete)).toBe(true);
  });
});

describe("the tuple is used again", () => {
  test("by connect(): TIME_WAIT ends early and stays graceful", () => {
    const story = new Story();
    story
      .connect(client)
      .at(5)
      .closeFirst(client)
      .at(6)
      .segment(client, FIN | ACK);
    story.at(2000).connect({ ...client, sk: "ffff888500000040" });
    expect(story.endpoints[0]).toMatchObject({
      state: "CLOSE",
      verdict: "graceful",
      endedAt: 2000e6,
      note: expect.stringContaining("reused"),
    });
    expect(story.endpoints[1]).toMatchObject({ state: "ESTABLISHED", isComplete: true });
  });

  test("by a SYN: the child's first event ends the server's TIME_WAIT", () => {
    const story = new Story();
    story
      .accept(server)
      .at(5)
      .closeFirst(server)
      .at(6)
      .segment(server, FIN | ACK);
    story.at(900).child({ ...server, sk: "ffff888500000080" });
    expect(story.endpoints.map(({ state, verdict }) => [state, verdict])).toEqual([
      ["CLOSE", "graceful"],
      ["ESTABLISHED", null],
    ]);
  });

  test("on a kernel that names the child's peer later, all the same", () => {
    const story = new Story();
    const next = { ...server, sk: "ffff8885000000c0" };
    story
      .accept(server)
      .at(5)
      .closeFirst(server)
      .at(6)
      .segment(server, FIN | ACK);
    story
      .at(900)
      .change({ ...next, remote: "0.0.0.0", remotePort: 0 }, "LISTEN", "SYN_RECV", SOFTIRQ);
    story.change(next, "SYN_RECV", "ESTABLISHED", SOFTIRQ);
    expect(story.endpoints.map(({ state }) => state)).toEqual(["CLOSE", "ESTABLISHED"]);
    expect(story.endpoints[1]?.tuple.remotePort).toBe(server.remotePort);
  });

  test("in another namespace it is another tuple", () => {
    const story = new Story();
    story.connect(client).connect(sock({ ...client, netns: NETNS + 1, sk: "ffff888500000100" }));
    expect(story.endpoints.map(({ state }) => state)).toEqual(["ESTABLISHED", "ESTABLISHED"]);
  });
});

describe("noise", () => {
  test.each([
    ["CLOSE", "CLOSE"],
    ["CLOSE", "ESTABLISHED"],
    ["LISTEN", "LISTEN"],
    ["CLOSE", "LISTEN"],
  ] as const)("%s -> %s makes no endpoint", (from, to) => {
    const story = new Story().change(client, from, to, { pid: 9, comm: "kworker/0:1" });
    expect(story.endpoints).toEqual([]);
  });

  test("MPTCP's worker, which closes a subflow, is nobody's owner", () => {
    const worker = { ...CLOSING_CALL, pid: 9, comm: "kworker/0:1" };
    const story = new Story().connect(client).change(client, "ESTABLISHED", "FIN_WAIT1", SOFTIRQ);
    story.change(client, "FIN_WAIT1", "FIN_WAIT1", worker);
    expect(story.only).toMatchObject({ orphan: true, owner: { source: "connect", pid: 100 } });
  });

  test("does not disturb the socket that it is about", () => {
    const story = new Story().connect(client).change(client, "CLOSE", "CLOSE");
    expect(story.only).toMatchObject({ state: "ESTABLISHED", isComplete: true });
  });
});

describe("an event is missing", () => {
  test("the kernel's word for where the socket is now is taken, and the hole is said", () => {
    const story = new Story();
    story.accept(server).at(9).closeSecond(server);
    expect(story.only).toMatchObject({ isComplete: false, verdict: "graceful" });
    expect(statesOf(story.only)).toEqual(["SYN_RECV", "ESTABLISHED", "CLOSE_WAIT", "LAST_ACK"]);
    expect(story.only.phases[2]).toMatchObject({ evidence: "inferred", atLeast: true });
  });

  test("what the state proves of the FINs is inferred", () => {
    const story = new Story();
    story.accept(server).at(9).closeSecond(server);
    expect(story.only.role).toBe("passive");
    expect(wavesOf(story.only)).toEqual([
      "1 remote inferred",
      "2 local inferred",
      "3 local observed",
      "4 remote observed",
    ]);
  });

  test("the first FIN is no older than the last that was seen of the connection", () => {
    const story = new Story();
    story.at(1).accept(server).at(900).closeSecond(server);
    expect(story.only.teardownAt).toBe(900e6);
  });
});

describe("without BTF", () => {
  test("a whole life is one endpoint, and both readings of FIN_WAIT2 are open", () => {
    const story = new Story();
    const blind = { ...client, netns: 0 };
    story
      .blind({ ...blind, localPort: 0 }, "CLOSE", "SYN_SENT")
      .blind(blind, "SYN_SENT", "ESTABLISHED");
    story.at(5).blind(blind, "ESTABLISHED", "FIN_WAIT1").blind(blind, "FIN_WAIT1", "FIN_WAIT2");
    story.blind(blind, "FIN_WAIT2", "CLOSE");
    expect(story.only).toMatchObject({
      state: "FIN_WAIT2",
      trigger: null,
      owner: null,
      note: expect.stringContaining("does not tell"),
    });
  });

  test("what cannot be told is not told when the time is over, either", () => {
    const story = new Story();
    const blind = { ...client, netns: 0 };
    story.blind(blind, "ESTABLISHED", "FIN_WAIT1").blind(blind, "FIN_WAIT1", "FIN_WAIT2");
    story.blind(blind, "FIN_WAIT2", "CLOSE").until(200_000);
    expect(story.only).toMatchObject({ state: "CLOSE", verdict: "unknown" });
  });
});
