/** Local ports that wait, run out, or are gone: which, towards whom, and how it is known. */
import { describe, expect, test } from "vitest";
import { adviseOn } from "../../../src/export/finding-advice.ts";
import { FIN, ORPHANED, type Sock, Story, sock } from "../story.ts";
import { findingIn } from "./recorded.ts";

const RANGE = { "net.ipv4.ip_local_port_range": "42000 42019" };
const FOREIGN = 4026532001;

const client = (i: number, change: Partial<Sock> = {}) =>
  sock({ localPort: 42_000 + i, ...change });

/** A connection older than the trace enters TIME_WAIT. */
const waits = (story: Story, of: Sock) =>
  story.change(of, "FIN_WAIT2", "CLOSE", { ...ORPHANED, finReceived: true });

const open = (story: Story, kind: string) =>
  story.trace.findings().filter((each) => each.kind === kind && each.until === null);

describe("time-wait-pressure towards one destination", () => {
  test("counts TIME_WAIT and FIN_WAIT2 alike, and says who closes first", async () => {
    const finding = await findingIn("time-wait-pressure/fires-ports");
    expect(finding).toMatchObject({
      subject: { local: "10.0.0.1", remote: "10.0.0.2:443", cause: "ports" },
      count: 12,
      severity: "warning",
    });
    expect(finding.endpoints).toHaveLength(12);
    expect(finding.evidence).toEqual([
      "this side closed first on 12 of 12",
      "closed by app (pid 100): 12",
      "1 wait in FIN_WAIT2: the peer has not closed, and nothing may take their ports over",
      "ip_local_port_range is 42000 to 42019",
    ]);
  });

  test("reserved ports are none to choose from", async () => {
    const finding = await findingIn("time-wait-pressure/fires-fewer-ports-by-reservation");
    expect(finding.summary).toContain("9 of 15 local ports");
    expect(finding.evidence).toContain(
      "ip_local_port_range is 42000 to 42019 less 5 reserved ports",
    );
  });

  test("a namespace has ports of its own range", () => {
    const story = new Story({ sysctls: { "net.ipv4.ip_local_port_range": "1024 65535" } });
    const sysctls = { "net.ipv4.ip_local_port_range": "42000 42004" };
    story.at(0).tell({ type: "host", t: 0, netns: FOREIGN, sysctls });
    for (const i of [0, 1, 2]) waits(story, client(i, { netns: FOREIGN }));
    for (const i of [0, 1, 2]) waits(story, client(i));
    expect(open(story.until(2000), "time-wait-pressure")).toMatchObject([
      { endpoints: ["e1", "e2", "e3"] },
    ]);
  });

  test("an unknown range is said to be the kernel's default", () => {
    const story = new Story().at(0);
    for (let i = 0; i < 16_940; i++) waits(story, sock({ localPort: 33_000 + i }));
    const [finding] = open(story.until(2000), "time-wait-pressure");
    expect(finding?.evidence.at(-1)).toMatch(/^ip_local_port_range is not known; 32768 to 60999/);
  });

  test("says where connect() may take the ports over", () => {
    const sysctls = { ...RANGE, "net.ipv4.tcp_tw_reuse": "2" };
    const [near, far] = [{ local: "127.0.0.1", remote: "127.0.0.1" }, {}].map((change) => {
      const story = new Story({ sysctls }).at(0);
      for (let i = 0; i < 15; i++) waits(story, client(i, change));
      return open(story.until(2000), "time-wait-pressure")[0]?.evidence.join("\n");
    });
    expect(near).toContain("tcp_tw_reuse is 2: connect() may take those in TIME_WAIT over");
    expect(far).not.toContain("tcp_tw_reuse");
  });

  test("a simultaneous close has no first closer", () => {
    const story = new Story({ sysctls: RANGE }).at(0);
    for (let i = 0; i < 15; i++) story.change(client(i), "CLOSING", "CLOSE", ORPHANED);
    const [finding] = open(story.until(2000), "time-wait-pressure");
    expect(finding?.evidence.slice(0, 2)).toEqual([
      "this side closed first on 0 of 15",
      "both sides closed at once on 15",
    ]);
  });

  test("ends when the ports are given back", () => {
    const story = new Story({ sysctls: RANGE }).at(0);
    for (let i = 0; i < 15; i++) waits(story, client(i));
    expect(open(story.until(59_000), "time-wait-pressure")).toHaveLength(1);
    expect(open(story.until(62_000), "time-wait-pressure")).toEqual([]);
  });
});

describe("time-wait-pressure of the namespace's table", () => {
  test("names the listener through which most were closed", async () => {
    const finding = await findingIn("time-wait-pressure/fires-buckets");
    expect(finding).toMatchObject({
      subject: { listener: "0.0.0.0:8080", pid: 200, comm: "server", cause: "tw-buckets" },
      count: 6,
    });
    expect(finding.evidence[0]).toBe("most are closed by listener 0.0.0.0:8080 (server): 6");
    expect(finding.endpoints).toHaveLength(6);
  });

  test("the kernel's own count goes before ours, either way", async () => {
    const finding = await findingIn("time-wait-pressure/fires-buckets-by-the-kernels-count");
    expect(finding).toMatchObject({ count: 700, endpoints: [] });
    const story = new Story({ sysctls: { "net.ipv4.tcp_max_tw_buckets": "10" } }).at(0);
    story.tell({ type: "host", t: 0, netns: sock().netns, counters: { "sockstat.tw": 5 } });
    for (let i = 0; i < 9; i++) waits(story, client(i));
    expect(open(story.until(2000), "time-wait-pressure")).toEqual([]);
  });

  test("an overflow is critical, and told", () => {
    const { netns } = sock();
    const story = new Story({ sysctls: { "net.ipv4.tcp_max_tw_buckets": "10" } });
    const tell = (ms: number, overflow: number) => {
      const counters = { "sockstat.tw": 7, "TcpExt.TCPTimeWaitOverflow": overflow };
      story.at(ms).tell({ type: "host", t: story.t, netns, counters });
    };
    tell(100, 3);
    expect(open(story.until(1500), "time-wait-pressure")).toMatchObject([{ severity: "warning" }]);
    tell(2000, 4);
    const [finding] = open(story.until(5000), "time-wait-pressure");
    expect(finding).toMatchObject({
      severity: "critical",
      summary:
        "the table of mini-sockets was full within the last minute: 7 now, tcp_max_tw_buckets is 10, and above it the kernel makes none",
    });
    expect(finding?.evidence.at(-1)).toBe(
      "the table overflowed 3 s ago (TCPTimeWaitOverflow rose)",
    );
    expect(open(story.until(63_000), "time-wait-pressure")).toMatchObject([
      { severity: "warning" },
    ]);
  });

  test("a limit of 0 is no pressure before something overflows", () => {
    const { netns } = sock();
    const story = new Story({ sysctls: { "net.ipv4.tcp_max_tw_buckets": "0" } });
    const tell = (ms: number, overflow: number) => {
      const counters = { "sockstat.tw": 0, "TcpExt.TCPTimeWaitOverflow": overflow };
      story.at(ms).tell({ type: "host", t: story.t, netns, counters });
    };
    tell(100, 0);
    expect(open(story.until(1500), "time-wait-pressure")).toEqual([]);
    tell(2000, 1);
    expect(open(story.until(3500), "time-wait-pressure")).toMatchObject([
      { severity: "critical", summary: expect.stringContaining("tcp_max_tw_buckets is 0") },
    ]);
    expect(open(story.until(63_000), "time-wait-pressure")).toEqual([]);
  });
});

describe("port-exhaustion", () => {
  test("a failed connect() is named with all that hold the ports", async () => {
    expect(await findingIn("port-exhaustion/fires-failed-connect")).toMatchObject({
      severity: "critical",
      subject: { local: "10.0.0.1", remote: "10.0.0.2:443", pid: 100, comm: "app" },
      count: 1,
      since: 1_000_050_000,
      endpoints: ["e1", "e2", "e3", "e4", "e5"],
      evidence: [
        "EADDRNOTAVAIL for app (pid 100): 1",
        "held in ESTABLISHED: 4",
        "held by app (pid 100): 4",
      ],
    });
  });

  test("says so where the ports are held by nothing that is traced", () => {
    const end = { ...sock(), localPort: 0 };
    const story = new Story({ sysctls: RANGE }).at(0).change(end, "CLOSE", "SYN_SENT");
    story.change(end, "SYN_SENT", "CLOSE").until(2000);
    expect(open(story, "port-exhaustion")[0]?.evidence).toContain(
      "most ports are taken in a way that is not traced, as by bind() before connect()",
    );
  });

  test("a failure is spoken of for a minute", () => {
    const end = { ...sock(), localPort: 0 };
    const story = new Story({ sysctls: RANGE }).at(500).change(end, "CLOSE", "SYN_SENT");
    story.change(end, "SYN_SENT", "CLOSE");
    expect(open(story.until(60_000), "port-exhaustion")).toHaveLength(1);
    expect(open(story.until(61_000), "port-exhaustion")).toEqual([]);
  });

  test("the forecast comes in time, and says when", () => {
    const story = new Story({ sysctls: { "net.ipv4.ip_local_port_range": "42000 42029" } });
    for (let i = 0; i < 20; i++) waits(story.at(i * 1000 + 200), client(i));
    const [finding] = open(story.until(20_000), "port-exhaustion");
    expect(finding).toMatchObject({ severity: "warning", count: 20, since: 7e9 });
    expect(finding?.summary).toContain("run out in 10 s: 20 of 30 are in use");
    expect(finding?.evidence[0]).toMatch(/^1\.0 more a second/);
  });

  test("a growth that stops is forgotten within seconds", () => {
    const story = new Story({ sysctls: { "net.ipv4.ip_local_port_range": "42000 42029" } });
    for (let i = 0; i < 20; i++) waits(story.at(i * 1000 + 200), client(i));
    expect(open(story.until(20_000), "port-exhaustion")).toHaveLength(1);
    expect(open(story.until(23_000), "port-exhaustion")).toEqual([]);
  });

  test("ports that are taken over again and again are no growth", () => {
    const story = new Story({ sysctls: RANGE });
    for (let i = 0; i < 40; i++) {
      const end = client(i % 8);
      story
        .at(i * 1000)
        .connect(end)
        .closeFirst(end)
        .segment(end, FIN | 16);
    }
    expect(open(story.until(41_000), "port-exhaustion")).toEqual([]);
    expect(story.trace.findings()).toMatchObject([{ until: 11e9 }]);
  });
});

test("the advice is about the state that holds the ports, however many connects failed", () => {
  const story = new Story({ sysctls: { "net.ipv4.ip_local_port_range": "41000 41003" } }).at(0);
  for (let i = 0; i < 4; i++) story.connect(sock({ localPort: 41_000 + i }));
  for (let i = 0; i < 9; i++) {
    const failed = sock({ localPort: 0 });
    story.change(failed, "CLOSE", "SYN_SENT").change(failed, "SYN_SENT", "CLOSE");
  }
  const { trace } = story.until(1500);
  const [finding] = open(story, "port-exhaustion");
  if (finding === undefined) throw new Error("no finding");
  expect(finding).toMatchObject({ count: 9 });
  expect(adviseOn(finding, trace)[0]?.text).toMatch(/^Put a limit on the pool/);
});
