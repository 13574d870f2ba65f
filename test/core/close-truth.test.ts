/** What each change to CLOSE means: the table of the kernel's truth, row by row. */
import { describe, expect, test } from "vitest";
import { type CloseOutcome, decodeClose } from "../../src/core/close-truth.ts";
import type { ResetMark } from "../../src/core/endpoint.ts";
import type { TcpState } from "../../src/event/tcp-state.ts";
import type { TransitionEvent } from "../../src/event/trace-event.ts";
import {
  CLOSING_CALL,
  ORPHANED,
  SHUTDOWN_CALL,
  SOFTIRQ,
  Story,
  sock,
  statesOf,
  wavesOf,
} from "./story.ts";

const QUIET: Partial<TransitionEvent> = {
  error: 0,
  orphan: false,
  finReceived: false,
  inProcess: true,
  exiting: false,
  linger: false,
  closing: true,
  recvQ: 0,
};

function closing(from: TcpState, change: Partial<TransitionEvent> = {}): TransitionEvent {
  return {
    type: "transition",
    t: 5e6,
    cpu: 0,
    seq: 1,
    ...sock(),
    from,
    to: "CLOSE",
    pid: 1,
    comm: "a",
    ...QUIET,
    ...change,
  };
}

/** An RST that went out half a millisecond before. */
function sent(reason: string | null): ResetMark {
  return { at: 4.5e6, direction: "sent", reason };
}

const received: ResetMark = { at: 4.5e6, direction: "received", reason: null };

type Row = readonly [
  from: TcpState,
  change: Partial<TransitionEvent>,
  reset: ResetMark | null,
  outcome: Partial<CloseOutcome>,
];

const gone = (verdict: string, more: object = {}) =>
  ({ next: "CLOSE", verdict, ...more }) as Partial<CloseOutcome>;
const memory = gone("reset-sent", { note: expect.stringContaining("memory") });
const unreachable = gone("timed-out", {
  note: expect.stringContaining("host cannot be reached"),
});
const late = gone("reset-sent", { note: expect.stringContaining("data arrived") });

const TABLE: readonly Row[] = [
  ["FIN_WAIT2", { finReceived: true }, null, { next: "TIME_WAIT", isCertain: true }],
  ["FIN_WAIT2", { finReceived: false }, null, { next: "FIN_WAIT2", isCertain: true }],
  ["FIN_WAIT2", {}, sent("TCP_ABORT_ON_DATA"), gone("reset-sent")],
  ["FIN_WAIT2", {}, sent("TCP_ABORT_ON_LINGER"), gone("reset-sent")],
  ["FIN_WAIT2", {}, sent("TCP_ABORT_ON_MEMORY"), gone("reset-sent")],
  ["FIN_WAIT2", {}, sent("TCP_STATE"), gone("timed-out", { note: expect.any(String) })],
  ["FIN_WAIT2", {}, received, { next: "FIN_WAIT2" }],
  ["FIN_WAIT2", { error: 104 }, received, gone("reset-received")],
  ["FIN_WAIT2", { error: 104 }, sent("TCP_ABORT_ON_DATA"), late],
  ["FIN_WAIT2", { error: 110 }, null, gone("timed-out")],
  ["CLOSING", { finReceived: true }, null, { next: "TIME_WAIT", isCertain: true }],
  ["CLOSING", { error: 104 }, received, gone("reset-received")],
  ["CLOSING", { error: 110 }, null, gone("timed-out")],
  ["LAST_ACK", { finReceived: true }, null, gone("graceful")],
  ["LAST_ACK", { finReceived: true }, sent("TCP_ABORT_ON_MEMORY"), memory],
  ["LAST_ACK", { error: 104 }, received, gone("reset-received")],
  ["LAST_ACK", { error: 110 }, null, gone("timed-out")],
  ["FIN_WAIT1", {}, sent("TCP_ABORT_ON_MEMORY"), memory],
  ["FIN_WAIT1", {}, null, memory],
  ["FIN_WAIT1", { error: 104 }, received, gone("reset-received")],
  ["FIN_WAIT1", { error: 104 }, sent("TCP_ABORT_ON_DATA"), late],
  ["FIN_WAIT1", { error: 110 }, null, gone("timed-out")],
  [
    "CLOSE_WAIT",
    { finReceived: true, recvQ: 5 },
    null,
    gone("reset-sent", { trigger: "unread-data" }),
  ],
  [
    "CLOSE_WAIT",
    { finReceived: true, recvQ: 1, linger: true },
    null,
    gone("reset-sent", { trigger: "linger" }),
  ],
  [
    "CLOSE_WAIT",
    { finReceived: true, recvQ: 5, linger: true },
    null,
    gone("reset-sent", { trigger: "unread-data" }),
  ],
  ["CLOSE_WAIT", { error: 32, inProcess: false }, received, gone("reset-received")],
  ["CLOSE_WAIT", { error: 110 }, null, gone("timed-out")],
  ["ESTABLISHED", { recvQ: 5 }, null, gone("reset-sent", { trigger: "unread-data" })],
  ["ESTABLISHED", { linger: true }, null, gone("reset-sent", { trigger: "linger" })],
  ["ESTABLISHED", { exiting: true, recvQ: 5 }, null, gone("reset-sent", { trigger: "exit" })],
  ["ESTABLISHED", { error: 104, inProcess: false }, received, gone("reset-received")],
  [
    "ESTABLISHED",
    { error: 110, inProcess: false },
    sent("TCP_KEEPALIVE_TIMEOUT"),
    gone("timed-out"),
  ],
  ["ESTABLISHED", { error: 103 }, sent("TCP_STATE"), gone("killed")],
  ["ESTABLISHED", { error: 113, inProcess: false, sendQ: 1 }, null, unreachable],
  ["ESTABLISHED", { error: 113, inProcess: true, closing: false, sendQ: 1 }, null, unreachable],
  [
    "ESTABLISHED",
    { error: 113, closing: true, linger: true },
    null,
    gone("reset-sent", { trigger: "linger" }),
  ],
  [
    "ESTABLISHED",
    { error: 111, inProcess: false, sendQ: 1 },
    null,
    gone("timed-out", { note: expect.stringContaining("rejects") }),
  ],
  ["CLOSE_WAIT", { error: 101, inProcess: false, sendQ: 7 }, null, gone("timed-out")],
  ["FIN_WAIT1", { error: 113, inProcess: false, sendQ: 1 }, null, unreachable],
  ["CLOSING", { error: 113, inProcess: false, sendQ: 1 }, null, unreachable],
  ["CLOSING", { error: 113, sendQ: 0 }, null, { next: "TIME_WAIT" }],
  ["LAST_ACK", { error: 113, inProcess: false, sendQ: 1 }, null, unreachable],
  ["LAST_ACK", { error: 113, inProcess: false, sendQ: 0 }, null, gone("graceful")],
  ["FIN_WAIT2", { error: 113, finReceived: true }, null, { next: "TIME_WAIT" }],
  ["FIN_WAIT2", { error: 113, finReceived: false, orphan: true }, null, { next: "FIN_WAIT2" }],
  ["FIN_WAIT2", { error: 113, finReceived: false, inProcess: false }, null, unreachable],
  [
    "SYN_SENT",
    { error: 113, inProcess: false, sendQ: 1 },
    null,
    { ...gone("unfinished", { note: expect.stringMatching(/host cannot be reached/) }) },
  ],
  ["SYN_SENT", { error: 110, inProcess: false }, null, gone("timed-out")],
  ["SYN_SENT", { error: 111, inProcess: false }, received, gone("refused")],
  [
    "SYN_SENT",
    { localPort: 0 },
    null,
    gone("unfinished", { note: expect.stringContaining("no ephemeral port") }),
  ],
  [
    "SYN_SENT",
    {},
    null,
    gone("unfinished", { trigger: "close", note: expect.stringContaining("gave up") }),
  ],
  ["SYN_SENT", { exiting: true }, null, gone("unfinished", { trigger: "exit" })],
];

describe("by the socket's own evidence", () => {
  test.each(TABLE)("%s with %j after the RST %j", (from, change, reset, outcome) => {
    expect(decodeClose(closing(from, change), reset)).toMatchObject(outcome);
  });

  test("a listener's child that nobody accepted claims neither unread data nor an act", () => {
    const outcome = decodeClose(closing("ESTABLISHED", { inProcess: false, recvQ: 5 }), null);
    expect(outcome).toMatchObject({ next: "CLOSE", verdict: "reset-sent" });
    expect(outcome).not.toMatchObject({ trigger: "unread-data" });
  });
});

describe("without BTF nothing is claimed that the change alone does not carry", () => {
  const blind = (from: TcpState) => {
    const {
      error,
      orphan,
      finReceived,
      inProcess,
      exiting,
      linger,
      closing: c,
      recvQ,
      ...rest
    } = closing(from);
    return decodeClose(rest, null);
  };

  test("FIN_WAIT2 may be TIME_WAIT or not", () => {
    expect(blind("FIN_WAIT2")).toEqual({ next: "FIN_WAIT2", isCertain: false });
  });

  test("LAST_ACK is taken for the fourth wave, with a doubt", () => {
    expect(blind("LAST_ACK")).toEqual({
      next: "CLOSE",
      verdict: "graceful",
      note: expect.stringContaining("does not tell"),
    });
  });

  test.each(["ESTABLISHED", "CLOSE_WAIT", "FIN_WAIT1", "SYN_SENT"] as const)(
    "%s ends in a way that is not known",
    (from) => {
      expect(blind(from)).toMatchObject({ next: "CLOSE", verdict: "unknown" });
    },
  );
});

describe("in a trace", () => {
  const socket = sock();

  test("plain close(): the mini-socket waits, then TIME_WAIT, then 60 s", () => {
    const story = new Story();
    story.at(0).connect(socket).at(10).closeFirst(socket);
    expect(story.only).toMatchObject({
      state: "FIN_WAIT2",
      isMini: true,
      orphan: true,
      verdict: null,
      role: "active",
      trigger: "close",
    });
    story.at(30).segment(socket, FIN_ACK);
    expect(story.only).toMatchObject({
      state: "TIME_WAIT",
      verdict: "graceful",
      expiresAt: 60_030e6,
    });
    expect(wavesOf(story.only)).toEqual([
      "1 local observed",
      "2 remote observed",
      "3 remote observed",
      "4 local inferred",
    ]);
    story.until(60_031);
    expect(story.only).toMatchObject({ state: "CLOSE", verdict: "graceful", endedAt: 60_030e6 });
    expect(statesOf(story.only)).toEqual([
      "SYN_SENT",
      "ESTABLISHED",
      "FIN_WAIT1",
      "FIN_WAIT2",
      "TIME_WAIT",
    ]);
  });

  test("FIN and ACK in one segment: TIME_WAIT at once", () => {
    const story = new Story();
    story.connect(socket).change(socket, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL);
    story.change(socket, "FIN_WAIT1", "FIN_WAIT2", ORPHANED);
    story.change(socket, "FIN_WAIT2", "CLOSE", { ...ORPHANED, finReceived: true });
    expect(story.only).toMatchObject({ state: "TIME_WAIT", verdict: "graceful" });
  });

  test("simultaneous close: CLOSING, then TIME_WAIT with all four waves", () => {
    const story = new Story();
    story.connect(socket).change(socket, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL);
    story.change(socket, "FIN_WAIT1", "CLOSING", { ...ORPHANED, finReceived: true });
    story.change(socket, "CLOSING", "CLOSE", { ...ORPHANED, finReceived: true });
    expect(story.only).toMatchObject({
      state: "TIME_WAIT",
      role: "simultaneous",
      verdict: "graceful",
    });
    expect(story.only.waves.map(({ n }) => n)).toEqual([1, 2, 3, 4]);
  });

  test("passive close: the fourth wave is the one that CLOSE observes", () => {
    const story = new Story();
    story.accept(socket).at(5).finCame(socket).at(9).closeSecond(socket);
    expect(story.only).toMatchObject({
      role: "passive",
      trigger: "close",
      verdict: "graceful",
      state: "CLOSE",
      orphan: true,
    });
    expect(wavesOf(story.only)).toEqual([
      "1 remote observed",
      "2 local inferred",
      "3 local observed",
      "4 remote observed",
    ]);
  });

  test.each([
    ["just before", true],
    ["just after", false],
  ])("an RST %s the change tells data after close from a reset by the peer", (_, isBefore) => {
    const story = new Story();
    story.connect(socket).change(socket, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL).at(20);
    if (isBefore) story.reset(socket, "sent", { reason: "TCP_ABORT_ON_DATA" }).at(20.4);
    story.change(socket, "FIN_WAIT1", "CLOSE", { ...ORPHANED, error: 104 });
    if (!isBefore) story.at(20.4).reset(socket, "sent", { reason: "TCP_ABORT_ON_DATA" });
    expect(story.only).toMatchObject({
      verdict: "reset-sent",
      note: expect.stringContaining("data arrived"),
    });
  });

  test("an RST that comes more than a millisecond later belongs to somebody else", () => {
    const story = new Story();
    story.connect(socket).change(socket, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL).at(20);
    story.change(socket, "FIN_WAIT1", "CLOSE", { ...ORPHANED, error: 104 });
    story.at(21.5).reset(socket, "sent", { reason: "TCP_ABORT_ON_DATA" });
    expect(story.only).toMatchObject({ verdict: "reset-received", note: null });
  });

  test("data with the ACK of the FIN, or TCP_LINGER2 below 0: no mini-socket was made", () => {
    const story = new Story();
    story.connect(socket).at(10).closeFirst(socket).at(10.2);
    story.reset(socket, "sent", { reason: "TCP_ABORT_ON_DATA" });
    expect(story.only).toMatchObject({ state: "CLOSE", verdict: "reset-sent", endedAt: 10e6 });
    expect(story.only.note).toMatch(/came with data.* or TCP_LINGER2 is below 0/);
  });

  test("unread data at close(): the trigger is the data, the RST its consequence", () => {
    const story = new Story();
    story.accept(socket).at(5);
    story.change(socket, "ESTABLISHED", "CLOSE", { ...CLOSING_CALL, recvQ: 12 });
    story.reset(socket, "sent", { reason: "TCP_ABORT_ON_CLOSE" });
    expect(story.only).toMatchObject({
      role: "none",
      trigger: "unread-data",
      verdict: "reset-sent",
      orphan: true,
    });
    expect(story.only.waves).toEqual([]);
    expect(story.only.teardownAt).toBe(5e6);
  });

  test("killed by an administrator: nobody becomes the owner, nothing of it is a trigger", () => {
    const story = new Story();
    story.accept(socket, 200, "server").at(5);
    story.reset(socket, "sent", { state: "ESTABLISHED", reason: "TCP_STATE" });
    story.change(socket, "ESTABLISHED", "CLOSE", { error: 103, pid: 999, comm: "ss" });
    expect(story.only).toMatchObject({
      verdict: "killed",
      trigger: null,
      owner: { pid: 200, comm: "server" },
    });
  });

  test("shutdown() then close(): the trigger stays shutdown, and the close makes an orphan", () => {
    const story = new Story();
    story.connect(socket).at(5).change(socket, "ESTABLISHED", "FIN_WAIT1", SHUTDOWN_CALL);
    expect(story.only).toMatchObject({ trigger: "shutdown", orphan: false });
    story.at(6).change(socket, "FIN_WAIT1", "FIN_WAIT2", { ...SOFTIRQ, shutdown: 2 });
    story
      .at(7)
      .change(socket, "FIN_WAIT2", "FIN_WAIT2", { ...CLOSING_CALL, pid: 101, comm: "closer" });
    expect(story.only).toMatchObject({
      trigger: "shutdown",
      orphan: true,
      owner: { pid: 101, source: "close" },
    });
    expect(statesOf(story.only)).toEqual(["SYN_SENT", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2"]);
    story.change(socket, "FIN_WAIT2", "CLOSE", { ...CLOSING_CALL, orphan: true });
    expect(story.only).toMatchObject({ state: "FIN_WAIT2", isMini: true });
  });

  test.each(["FIN_WAIT1", "FIN_WAIT2", "LAST_ACK"] as const)(
    "%s again is no change of state",
    (state) => {
      const story = new Story();
      story.row(socket, state).at(3).change(socket, state, state, CLOSING_CALL);
      expect(story.only).toMatchObject({
        state,
        orphan: true,
        trigger: "shutdown",
        isComplete: true,
      });
      expect(story.only.phases).toHaveLength(1);
    },
  );

  test("TIME_WAIT while the descriptor is open: an orphan only once it is let go", () => {
    const story = new Story();
    story.connect(socket).at(5).change(socket, "ESTABLISHED", "FIN_WAIT1", SHUTDOWN_CALL);
    story.change(socket, "FIN_WAIT1", "FIN_WAIT2", { ...SOFTIRQ, shutdown: 2 });
    story.change(socket, "FIN_WAIT2", "CLOSE", { ...SOFTIRQ, finReceived: true, shutdown: 3 });
    expect(story.only).toMatchObject({ state: "TIME_WAIT", orphan: false });
    story.at(9).destroy(socket);
    expect(story.only).toMatchObject({ state: "TIME_WAIT", orphan: true });
  });

  test("SO_LINGER with a time: an orphan only once close() has returned", () => {
    const story = new Story();
    story
      .connect(socket)
      .at(5)
      .change(socket, "ESTABLISHED", "FIN_WAIT1", { ...CLOSING_CALL, linger: true });
    expect(story.only).toMatchObject({ trigger: "close", orphan: false });
    story.at(6).change(socket, "FIN_WAIT1", "FIN_WAIT2", ORPHANED);
    expect(story.only).toMatchObject({ orphan: true });
  });
});

const FIN_ACK = 17;
