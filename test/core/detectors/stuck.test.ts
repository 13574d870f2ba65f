/** What the findings about connections that do not get on say, and of whom. */
import { describe, expect, test } from "vitest";
import { CLOSING_CALL, ORPHANED, SHUTDOWN_CALL, SOFTIRQ, Story, sock } from "../story.ts";
import { findingIn } from "./recorded.ts";

const server = (i = 0) =>
  sock({ local: "10.0.0.2", localPort: 8080, remote: "10.0.0.9", remotePort: 1024 + i });

const kindsOf = (story: Story) =>
  story.trace
    .findings()
    .filter(({ until }) => until === null)
    .map(({ kind }) => kind);

describe("stuck-close-wait", () => {
  test("names the owner and every endpoint, since the first FIN", async () => {
    const finding = await findingIn("stuck-close-wait/fires-drained");
    expect(finding).toMatchObject({
      subject: { pid: 200, comm: "server" },
      count: 2,
      since: 1e9,
      endpoints: ["e1", "e2"],
      severity: "warning",
    });
    expect(finding.evidence.join("\n")).toMatch(/2 of 2 drained.*\n2 of 2 have read the end/);
  });

  test("names the listener where nobody has accepted", async () => {
    expect(await findingIn("stuck-close-wait/fires-not-accepted")).toMatchObject({
      subject: { listener: "10.0.0.2:8080", pid: 200, comm: "server" },
      summary: expect.stringContaining("wait unaccepted"),
    });
  });

  test("claims no accept queue where only the owner is unknown", () => {
    const end = server();
    const story = new Story().at(0).child(end).finCame(end, { inode: 55 }).until(11_000);
    const [finding] = story.trace.findings();
    expect(finding?.subject).toEqual({ local: "10.0.0.2:8080" });
    expect(finding?.summary).toContain("who holds them is not known");
    expect(finding?.summary).not.toContain("unaccepted");
  });

  test("one finding for a process whose threads have names of their own", () => {
    const [one, two] = [server(1), server(2)];
    const story = new Story().at(0).accept(one, 200, "worker-1").accept(two, 200, "worker-2");
    story.finCame(one).finCame(two).until(11_000);
    expect(story.trace.findings()).toMatchObject([{ kind: "stuck-close-wait", count: 2 }]);
  });

  test("a hundred are critical", () => {
    const story = new Story().at(0);
    for (let i = 0; i < 100; i++) story.accept(server(i)).finCame(server(i));
    story.until(11_000);
    expect(story.trace.findings()[0]).toMatchObject({ severity: "critical", count: 100 });
  });

  test("a hundred thousand do not break it", () => {
    const story = new Story();
    for (let i = 0; i < 100_000; i++) {
      const end = sock({ ...server(i % 60_000), remote: `10.1.0.${i < 60_000 ? 1 : 2}` });
      story.at(i / 1000).finCame(end);
    }
    story.until(11_000);
    expect(story.trace.findings()).toMatchObject([{ count: 100_000, since: 0 }]);
  });

  test("after an answer it waits three times as long, and says so", async () => {
    const finding = await findingIn("stuck-close-wait/fires-silent-after-answer");
    expect(finding.evidence).toContain("1 of 1 sent data after the peer's FIN and have stopped");
    const end = server();
    const story = new Story().at(0).accept(end).finCame(end, { bytesSent: 0 });
    story.at(2000).row(end, "CLOSE_WAIT", { bytesAcked: 10, bytesReceived: 1 });
    expect(kindsOf(story.until(31_900))).toEqual([]);
    expect(kindsOf(story.until(32_100))).toEqual(["stuck-close-wait"]);
  });

  test("unacknowledged bytes are no sign of life", () => {
    const end = server();
    const story = new Story().at(0).accept(end).finCame(end, { bytesSent: 500 });
    for (const s of [2, 4, 6, 8, 10]) {
      story
        .at(s * 1000)
        .row(end, "CLOSE_WAIT", { sendQ: s * 100, bytesAcked: 500, bytesReceived: 1 });
    }
    expect(kindsOf(story.until(11_000))).toEqual(["stuck-close-wait"]);
  });

  test("ends when the last one is closed", () => {
    const end = server();
    const story = new Story().at(0).accept(end).finCame(end).until(12_000);
    story.at(12_500).closeSecond(end).until(14_000);
    expect(story.trace.findings()).toMatchObject([
      { until: 13e9, endpoints: ["e1"], subject: { pid: 200 } },
    ]);
  });
});

describe("stuck-fin-wait1 and stuck-last-ack", () => {
  test.each([
    ["stuck-fin-wait1/fires-no-answer", "1 of 1 send again and get no answer"],
    ["stuck-last-ack/fires-no-answer", "1 of 1 send again and get no answer"],
    [
      "stuck-fin-wait1/fires-zero-window",
      "1 of 1 never re-sent the FIN: it waits behind data that the peer's window has no room for (zero window, or slow reading)",
    ],
    [
      "stuck-fin-wait1/fires-dropped-here",
      "1 of 1 never re-sent the FIN though the window has room: it is dropped on this host",
    ],
  ])("%s: %s", async (name, evidence) => {
    const finding = await findingIn(name);
    expect(finding.evidence).toEqual(["1 of 1 are orphans", evidence]);
    expect(finding.since).toBe(1e9);
  });

  test("where the window was not told both reasons stand", () => {
    const end = sock();
    const { sendQ: _, ...call } = { ...CLOSING_CALL, sendQ: 0 };
    const story = new Story().at(0).connect(end);
    story.change(end, "ESTABLISHED", "FIN_WAIT1", call).until(6000);
    expect(story.trace.findings()[0]?.evidence[1]).toMatch(/zero window or is dropped/);
  });

  test.each([
    [{ timer: "persist", sendQ: 9001, sendWindow: 9000 }, /waits behind data .* has no room/],
    [{ timer: "persist", sendQ: 9001, sendWindow: 9001 }, /though the window has room/],
    [{ timer: "persist", sendQ: 9001 }, /though the window has room/],
    [{ timer: "on", sendQ: 1, sendWindow: 9000 }, /have sent the FIN once/],
  ])("a row of the table with %j knows better than the state change did", (row, words) => {
    const end = sock();
    const story = new Story().at(0).connect(end);
    story.change(end, "ESTABLISHED", "FIN_WAIT1", { ...CLOSING_CALL, sendQ: 0, sendWindow: 9000 });
    story
      .at(2000)
      .row(end, "FIN_WAIT1", { inode: 0, ...row })
      .until(6000);
    expect(story.trace.findings()[0]?.evidence[1]).toMatch(words);
  });

  test("a window that opened and lost the FIN is told by the re-sends", () => {
    const end = sock();
    const story = new Story().at(0).connect(end);
    story.change(end, "ESTABLISHED", "FIN_WAIT1", { ...CLOSING_CALL, sendQ: 9000, sendWindow: 0 });
    story.at(2000).row(end, "FIN_WAIT1", { timer: "persist", sendQ: 9001, inode: 0 });
    story.at(3000).resend(end, "FIN_WAIT1").until(6000);
    expect(story.trace.findings()[0]?.evidence[1]).toMatch(/send again and get no answer/);
  });

  test("a stay that ends between two looks is not overlooked", async () => {
    const finding = await findingIn("stuck-fin-wait1/fires-answered-between-two-looks");
    expect(finding).toMatchObject({ endpoints: ["e1"], until: 8e9 });
  });
});

describe("stuck-fin-wait2", () => {
  test("a process that holds it is named", async () => {
    const finding = await findingIn("stuck-fin-wait2/fires-held");
    expect(finding.evidence).toEqual([
      "1 of 1 are held by a process: nothing limits the wait",
      "held by app (pid 100): 1",
    ]);
  });

  test("an orphan counts from the moment that it became one", () => {
    const end = sock();
    const story = new Story({ sysctls: { "net.ipv4.tcp_fin_timeout": "120" } }).at(0).connect(end);
    story.change(end, "ESTABLISHED", "FIN_WAIT1", SHUTDOWN_CALL);
    story.change(end, "FIN_WAIT1", "FIN_WAIT2", { ...SOFTIRQ, orphan: false });
    expect(kindsOf(story.until(61_000))).toEqual(["stuck-fin-wait2"]);
    story.at(65_000).change(end, "FIN_WAIT2", "FIN_WAIT2", CLOSING_CALL);
    expect(kindsOf(story.until(130_000))).toEqual([]);
    expect(kindsOf(story.until(137_000))).toEqual(["stuck-fin-wait2"]);
  });

  test("mini-sockets by the thousand are no finding", () => {
    const story = new Story({ seesMiniEnd: true });
    for (let i = 0; i < 3000; i++) {
      story.at(i).change(sock({ localPort: 1024 + i }), "FIN_WAIT2", "CLOSE", ORPHANED);
    }
    expect(kindsOf(story.until(65_000))).toEqual([]);
  });
});

describe("half-close", () => {
  test("this side has shut, and receives", async () => {
    expect(await findingIn("half-close/fires-received-here")).toMatchObject({
      severity: "info",
      subject: { pid: 100, comm: "app", local: "10.0.0.1:40000", remote: "10.0.0.2:443" },
      summary: expect.stringMatching(
        /^app \(pid 100\) has shut its sending side and still receives/,
      ),
      evidence: [expect.stringMatching(/^7000 bytes were carried .* 7 readings/)],
    });
  });

  test("the peer has shut, and this side sends", async () => {
    expect(await findingIn("half-close/fires-sent-here")).toMatchObject({
      subject: { pid: 200, comm: "server", remote: "10.0.0.9:50000" },
      summary: expect.stringMatching(/server \(pid 200\) still sends/),
      evidence: [expect.stringMatching(/^7000 bytes/)],
    });
  });

  test("of two visible ends the one that shut speaks, and both are named", async () => {
    expect(await findingIn("half-close/fires-both-ends-seen")).toMatchObject({
      count: 1,
      endpoints: ["e1", "e2"],
    });
  });

  test("the peer's counts do where our own were not read", () => {
    const end = sock({ local: "127.0.0.1", remote: "127.0.0.1" });
    const other = sock({ ...end, sk: "ffff888199", localPort: 443, remotePort: 40_000 });
    const story = new Story().at(0).connect(end).accept(other);
    story.change(end, "ESTABLISHED", "FIN_WAIT1", { ...SHUTDOWN_CALL, bytesReceived: 0 });
    story.finCame(other).change(end, "FIN_WAIT1", "FIN_WAIT2", {
      ...SOFTIRQ,
      orphan: false,
      bytesReceived: 0,
    });
    for (const s of [20, 40, 60]) {
      story.at(s * 1000).row(end, "FIN_WAIT2", { bytesAcked: 1, bytesReceived: s });
    }
    const open = story
      .until(62_000)
      .trace.findings()
      .filter(({ until }) => until === null);
    expect(open).toMatchObject([{ kind: "half-close", endpoints: ["e1", "e2"] }]);
  });
});
