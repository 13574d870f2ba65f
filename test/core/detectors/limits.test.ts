/** Limits of the host and of a process: orphans, memory, descriptors, and what the trace lost. */
import { describe, expect, test } from "vitest";
import { adviseOn } from "../../../src/export/finding-advice.ts";
import { CLOSING_CALL, Story, sock } from "../story.ts";
import { findingIn, recorded } from "./recorded.ts";

const FOREIGN = 4026532001;
const LIMITS = { "net.ipv4.tcp_max_orphans": "1000", "net.ipv4.tcp_mem": "10 15 2000" };

const count = (story: Story, ms: number, counters: Record<string, number>, netns = sock().netns) =>
  story.at(ms).tell({ type: "host", t: story.t, netns, counters });

const open = (story: Story) => story.trace.findings().filter(({ until }) => until === null);

describe("orphan-pressure", () => {
  test("tells the count, the limit and what the orphans wait for", async () => {
    const finding = await findingIn("orphan-pressure/fires-orphans");
    expect(finding).toMatchObject({
      subject: { cause: "orphans" },
      count: 500,
      severity: "warning",
      summary: "500 orphans are 50 % of tcp_max_orphans (1000)",
      endpoints: ["e1"],
    });
    expect(finding.evidence).toEqual([
      "the kernel's own count; 1 of them are traced",
      "1 in FIN_WAIT1",
      "0 have sent again, 1 have not",
      "most wait for 10.0.0.2 (1)",
    ]);
  });

  test("memory is a finding of its own", async () => {
    expect(await findingIn("orphan-pressure/fires-memory")).toMatchObject({
      subject: { cause: "memory" },
      summary: "TCP holds 10000 pages of memory, 50 % of tcp_mem (20000)",
    });
  });

  test("at nine tenths it is critical", () => {
    const story = count(new Story({ sysctls: LIMITS }), 0, { "sockstat.orphan": 900 });
    expect(open(story.until(1500))).toMatchObject([{ severity: "critical" }]);
  });

  test("the newest count stands, whichever namespace it was read in", () => {
    const story = new Story({ sysctls: LIMITS });
    count(count(story, 100, { "sockstat.orphan": 3 }), 200, { "sockstat.orphan": 600 }, FOREIGN);
    expect(open(story.until(1500))).toHaveLength(1);
    expect(open(count(story, 2000, { "sockstat.orphan": 2 }).until(3500))).toEqual([]);
  });

  test("a limit that was raised since the header counts", () => {
    const story = count(new Story({ sysctls: LIMITS }), 0, { "sockstat.orphan": 600 });
    const sysctls = { "net.ipv4.tcp_max_orphans": "5000" };
    story.at(100).tell({ type: "host", t: 1e8, netns: sock().netns, sysctls });
    expect(open(story.until(1500))).toEqual([]);
  });

  test("the advice is about the limit that is near", async () => {
    for (const cause of ["orphans", "memory"] as const) {
      const { trace } = await recorded(`orphan-pressure/fires-${cause}`);
      const advice = trace.findings().map((finding) => adviseOn(finding, trace));
      const near = cause === "orphans" ? "net.ipv4.tcp_max_orphans" : "net.ipv4.tcp_mem";
      const sysctls = advice.flat().map(({ sysctl }) => sysctl);
      expect(sysctls).toContain(near);
      expect(sysctls.filter((name) => /max_orphans|tcp_mem/.test(name ?? ""))).toEqual([near]);
    }
  });
});

describe("descriptor-exhaustion", () => {
  test("says how many of how many, when counted, and how many are stuck", async () => {
    expect(await findingIn("descriptor-exhaustion/fires-leak")).toMatchObject({
      subject: { pid: 200, comm: "server" },
      count: 5,
      severity: "warning",
      summary:
        "server (pid 200) has used 32 of 40 descriptors (80 %) and has 5 connections stuck in CLOSE_WAIT",
      evidence: [
        "32 descriptors were open when last counted, 10 s ago",
        "5 of them hold connections in CLOSE_WAIT",
      ],
      endpoints: ["e1", "e2", "e3", "e4", "e5"],
    });
  });

  test("descriptors known to be stuck are the least, whatever was counted before", async () => {
    const finding = await findingIn("descriptor-exhaustion/fires-grown-since-counted");
    expect(finding.evidence[0]).toBe("at least 8 descriptors are open: those that are stuck");
  });

  test("every holder has a limit of its own", async () => {
    expect(await findingIn("descriptor-exhaustion/fires-inherited")).toMatchObject({
      subject: { pid: 300, comm: "worker" },
      endpoints: ["e1", "e2"],
    });
  });

  test("ends when the process is read again with room", () => {
    const end = sock({ local: "10.0.0.2", localPort: 80, remotePort: 5000 });
    const story = new Story().at(0).accept(end).finCame(end);
    const describe = (ms: number, fdCount: number) =>
      story.at(ms).tell({
        type: "process",
        t: story.t,
        pid: 200,
        startTicks: 1,
        comm: "server",
        exe: null,
        cmdline: null,
        uid: null,
        unit: null,
        container: null,
        fdLimit: 100,
        fdCount,
      });
    describe(1000, 99);
    expect(open(story.until(11_000))).toMatchObject([
      { kind: "stuck-close-wait" },
      { kind: "descriptor-exhaustion", severity: "critical" },
    ]);
    describe(12_000, 50);
    expect(open(story.until(13_000))).toMatchObject([{ kind: "stuck-close-wait" }]);
  });
});

describe("incomplete-trace", () => {
  test("names the loss and whoever lived in it", async () => {
    expect(await findingIn("incomplete-trace/fires-lost")).toMatchObject({
      subject: { cause: "lost" },
      count: 12,
      since: 1e9,
      endpoints: ["e1"],
      summary: "events are missing: 12 records lost, in 1 gap",
    });
  });

  test.each([
    ["restart", null, "nothing was traced for 30 s"],
    ["hung", null, "bpftrace gave no answer for 30 s"],
    ["disk", 7, "7 events could not be written"],
    ["disk", null, "what came in 30 s could not be written"],
    ["damaged", 1, "1 line of the recording cannot be read"],
    ["damaged", null, "a part of the recording is missing or does not fit its checksum"],
    ["skipped", 3, "3 probe runs skipped by the kernel"],
  ] as const)("says of a gap of the cause %s with %s events: %s", (cause, count, words) => {
    const story = new Story().at(40_000).gap(10_000, { cause, count }).until(41_000);
    expect(open(story)).toMatchObject([
      { subject: { cause }, summary: `events are missing: ${words}, in 1 gap` },
    ]);
  });

  test("a later gap names those who came since", () => {
    const story = new Story().at(500).connect(sock());
    const gap = (from: number, ms: number) =>
      story.at(ms).tell({ type: "gap", t: story.t, from: from * 1e6, cause: "lost", count: 1 });
    gap(1000, 2000);
    expect(open(story.until(2500))[0]?.endpoints).toEqual(["e1"]);
    story.at(3000).connect(sock({ localPort: 40_001 }));
    expect(open(story.until(3500))[0]?.endpoints).toEqual(["e1"]);
    gap(3600, 4000);
    expect(open(story.until(4500))[0]?.endpoints).toEqual(["e1", "e2"]);
  });

  test("living endpoints that are forgotten for want of room are a loss", () => {
    const story = new Story({ maxAlive: 3 }).at(0);
    for (let i = 0; i < 5; i++) story.connect(sock({ localPort: 40_000 + i }));
    const [finding] = open(story.until(1500));
    expect(finding).toMatchObject({ kind: "incomplete-trace", subject: { cause: "evicted" } });
    expect(finding?.summary).toBe(
      "events are missing: 2 living endpoints were forgotten for want of room",
    );
  });

  test("ended ones that make room are none", () => {
    const story = new Story({ maxEnded: 2 }).at(0);
    for (let i = 0; i < 9; i++) {
      const end = sock({ localPort: 40_000 + i });
      story.connect(end).change(end, "ESTABLISHED", "CLOSE", { ...CLOSING_CALL, linger: true });
    }
    const kinds = open(story.until(1500)).map(({ kind }) => kind);
    expect(kinds).not.toContain("incomplete-trace");
  });
});
