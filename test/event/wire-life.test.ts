/** The life of a socket in one row becomes the events that its changes would have been. */
import { describe, expect, test } from "vitest";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { WireDecoder } from "../../src/event/wire.ts";
import { LIFE_ORIGIN_NS, LIFE_ROWS as ROWS } from "./life-rows.ts";
import { REASONS } from "./wire-rows.ts";

const decoder = new WireDecoder({ originNs: LIFE_ORIGIN_NS, resetReasons: REASONS, hz: 250 });

function eventsOf(row: string): readonly TraceEvent[] {
  const events = decoder.decode(row);
  if (events === null) throw new Error("the row is refused");
  return events;
}

/** What happened, in short: states with the held ones in brackets, and who. */
function story(row: string): string[] {
  return eventsOf(row).map((event) => {
    const held = "held" in event && event.held === true;
    const what =
      event.type === "transition"
        ? `${event.from}>${event.to} ${event.comm}`
        : event.type === "open"
          ? `${event.how} ${event.comm}`
          : event.type === "read"
            ? `read ${event.bytes}`
            : event.type;
    return (held ? `(${what})` : what).replace(" )", ")").trimEnd();
  });
}

describe("a plain life", () => {
  test("of the end that closes first", () => {
    expect(story(ROWS.lifeActive)).toEqual([
      "(CLOSE>SYN_SENT python3)",
      "connect python3",
      "(SYN_SENT>ESTABLISHED)",
      "(ESTABLISHED>FIN_WAIT1 python3)",
      "(FIN_WAIT1>FIN_WAIT2)",
      "FIN_WAIT2>CLOSE",
    ]);
    const [birth, , , fin, , close] = eventsOf(ROWS.lifeActive);
    expect(birth).toMatchObject({ localPort: 0, remotePort: 0xa8d5, inProcess: true, pid: 0x163f });
    expect(fin).toMatchObject({ closing: true, exiting: false, sendQ: 0, sendWindow: 0x10000 });
    expect(close).toMatchObject({
      orphan: true,
      finReceived: true,
      error: 0,
      bytesSent: 5,
      seq: 2,
    });
    expect(close).not.toHaveProperty("held");
  });

  test("of the other end, with who accepted it and what was read", () => {
    expect(story(ROWS.lifePassive)).toEqual([
      "(LISTEN>SYN_RECV)",
      "(SYN_RECV>ESTABLISHED)",
      "(accept python3)",
      "(ESTABLISHED>CLOSE_WAIT)",
      "(read 5)",
      "(read 0)",
      "(CLOSE_WAIT>LAST_ACK python3)",
      "LAST_ACK>CLOSE python3",
    ]);
    const accept = eventsOf(ROWS.lifePassive).find(({ type }) => type === "open");
    expect(accept).toMatchObject({ how: "accept", pid: 0x163f, fd: 5, sk: "ffff88835b314a00" });
    const wait = eventsOf(ROWS.lifePassive).find(
      (event) => event.type === "transition" && event.to === "CLOSE_WAIT",
    );
    expect(wait).toMatchObject({ recvQ: 6, inode: 0x6b2499, finReceived: true });
  });

  test("carries the times of its changes, in their order", () => {
    for (const row of [ROWS.lifeActive, ROWS.lifePassive, ROWS.lifeLasting, ROWS.lifeForked]) {
      const times = eventsOf(row).map(({ t }) => t);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
    const [birth, , open] = eventsOf(ROWS.lifeActive);
    expect(birth?.t).toBe(0x5d2b8ece);
    expect(open?.t).toBe(0x5d2b8ece + 0x15da5);
  });
});

describe("the addresses", () => {
  test("of IPv4 in IPv6 fit in the row", () => {
    expect(eventsOf(ROWS.lifeMapped)[0]).toMatchObject({
      local: "::ffff:127.0.0.1",
      remote: "::ffff:127.0.0.1",
    });
  });

  test("of IPv6 come in a row of their own in front, and only those of this life do", () => {
    expect(decoder.decode(ROWS.lifeSix)).toBeNull();
    expect(decoder.noteAddresses(ROWS.lifeSixAddresses)).toMatchObject({ cpu: 0, seq: 8 });
    expect(eventsOf(ROWS.lifeSix)[0]).toMatchObject({ local: "::1", remote: "::1" });
    expect(decoder.decode(ROWS.lifeOlder)).toBeNull();
    expect(decoder.noteAddresses(ROWS.lifeSixAddresses.replace(/ \S+\n/, "\n"))).toBeNull();
  });
});

test("a life that lasts is told as it stands, with its figures of now", () => {
  expect(story(ROWS.lifeLasting)).toEqual([
    "(LISTEN>SYN_RECV)",
    "(SYN_RECV>ESTABLISHED)",
    "(ESTABLISHED>CLOSE_WAIT)",
  ]);
  expect(eventsOf(ROWS.lifeLasting).at(-1)).toMatchObject({
    recvQ: 1,
    inode: 0x6b24a2,
    srttUs: 26,
  });
});

test("who closes may be another than who accepted, whatever its name", () => {
  expect(story(ROWS.lifeForked)).toContain("(CLOSE_WAIT>LAST_ACK a child -- x)");
  expect(story(ROWS.lifeForked).filter((each) => each.includes("accept"))).toEqual([]);
});

test("an end that is not plain is told by itself, with all that the socket says", () => {
  expect(story(ROWS.lifeResetBefore)).toEqual(["(LISTEN>SYN_RECV)", "(SYN_RECV>ESTABLISHED)"]);
  expect(story(ROWS.lifeReset)).toEqual(["ESTABLISHED>CLOSE python3"]);
  expect(eventsOf(ROWS.lifeReset)[0]).toMatchObject({ error: 104, recvQ: 0, inode: 0x6b3987 });
});

test("close() after shutdown() ends the life that is held and tells itself", () => {
  expect(story(ROWS.lifeHalfClosed).at(-1)).toMatch(/^\(FIN_WAIT1>FIN_WAIT2/);
  expect(story(ROWS.lifeAgain)).toHaveLength(1);
});

test("a socket that is not held tells its change alone", () => {
  expect(story(ROWS.lifeNone)).toEqual(["CLOSE>LISTEN python3"]);
});

describe("a row that is damaged is refused", () => {
  test.each([
    ["cut off", ROWS.lifeActive.split(" ").slice(0, 17).join(" ")],
    ["with a time that is none", ROWS.lifeActive.replace("d5d5d2b8ece", "zz")],
    ["of no known state", ROWS.lifeActive.replace("214501000e8001", "f14501000e8001")],
    ["a change that is cut off", ROWS.lifeReset.split(" ").slice(0, 15).join(" ")],
  ])("%s", (_, row) => {
    expect(decoder.decode(row)).toBeNull();
  });
});
