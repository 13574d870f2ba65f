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
      "FIN_WAIT2>CLOSE python3",
    ]);
    const [birth, , , fin, , close] = eventsOf(ROWS.lifeActive);
    expect(birth).toMatchObject({ localPort: 0, remotePort: 0xa43d, inProcess: true, pid: 0x1c86 });
    expect(fin).toMatchObject({ closing: true, exiting: false, sendQ: 0, sendWindow: 0x10000 });
    expect(close).toMatchObject({
      orphan: true,
      finReceived: true,
      error: 0,
      bytesSent: 5,
      seq: 14,
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
    expect(accept).toMatchObject({ how: "accept", pid: 0x1c86, fd: 5, sk: "ffff888102caa500" });
    const wait = eventsOf(ROWS.lifePassive).find(
      (event) => event.type === "transition" && event.to === "CLOSE_WAIT",
    );
    expect(wait).toMatchObject({ recvQ: 6, inode: 0x149aeb, finReceived: true });
  });

  test("carries the times of its changes, in their order", () => {
    for (const row of [ROWS.lifeActive, ROWS.lifePassive, ROWS.lifeLasting, ROWS.lifeForked]) {
      const times = eventsOf(row).map(({ t }) => t);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
    const [birth] = eventsOf(ROWS.lifeActive);
    expect(birth?.t).toBe(0x7d206898);
  });
});

test("a life that lasts is told as it stands, with its figures of now", () => {
  expect(story(ROWS.lifeLasting)).toEqual([
    "(LISTEN>SYN_RECV)",
    "(SYN_RECV>ESTABLISHED)",
    "(accept python3)",
    "(ESTABLISHED>CLOSE_WAIT)",
  ]);
  expect(eventsOf(ROWS.lifeLasting).at(-1)).toMatchObject({
    recvQ: 1,
    inode: 0x149aed,
    srttUs: 38,
  });
});

test("who closes may be another than who accepted, whatever its name", () => {
  expect(story(ROWS.lifeForked)).toEqual(
    expect.arrayContaining(["(accept python3)", "(CLOSE_WAIT>LAST_ACK a child -- x)"]),
  );
});

test("an end that is not plain is told with all that the socket says", () => {
  expect(story(ROWS.lifeReset).at(-1)).toMatch(/^ESTABLISHED>CLOSE/);
  expect(eventsOf(ROWS.lifeReset).at(-1)).toMatchObject({ error: 104, recvQ: 0 });
});

test("a socket that is not held tells its change alone", () => {
  expect(story(ROWS.lifeNone)).toEqual(["FIN_WAIT1>FIN_WAIT2 ksoftirqd/0"]);
});

describe("a row that is damaged is refused", () => {
  test.each([
    ["cut off", ROWS.lifeActive.split(" ").slice(0, 28).join(" ")],
    ["without its names' mark", ROWS.lifeActive.replace(" -- ", " ")],
    ["with a time that is none", ROWS.lifeActive.replace("3c77d206898", "zz")],
    ["of no known state", ROWS.lifeActive.replace("214500000e8001", "f14500000e8001")],
  ])("%s", (_, row) => {
    expect(decoder.decode(row)).toBeNull();
  });
});
