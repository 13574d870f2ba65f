/** A line is taken as it is when every field is right, and refused with a reason when one is not. */
import { describe, expect, test } from "vitest";
import { type DecodedRecord, decodeRecord, encodeEvent } from "../../src/event/recording-codec.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { FOOTER, HEADER, SAMPLES, transitionAt } from "./sample-events.ts";

const OPTIONAL = new Set([
  ..."shutdown error orphan finReceived inProcess exiting linger closing pod recvQ sendQ sendWindow srttUs".split(
    " ",
  ),
  ..."lastSentMs lastReceivedMs user parent startedAt isPartial".split(" "),
  ..."bytesSent bytesAcked bytesReceived inode rtoMs backoff answering scan counters sysctls cpu balanced held".split(
    " ",
  ),
]);

const fields = SAMPLES.flatMap((event) =>
  Object.keys(event).map((name) => ({ event, type: event.type, name })),
).filter(({ name }) => name !== "type");

const numbers = fields.filter(({ event, name }) => typeof Reflect.get(event, name) === "number");

function decodeText(text: string): DecodedRecord {
  return decodeRecord(JSON.parse(text));
}

function faultOf(event: object): string {
  const record = decodeRecord(event);
  return record.kind === "malformed" ? record.why : `not malformed but ${record.kind}`;
}

function isOptional(event: TraceEvent, name: string): boolean {
  if (name === "inode" || name === "orphan") return "from" in event || event.type === "retransmit";
  if (name === "recvQ" || name === "sendQ") return event.type === "transition";
  return name === "cpu" ? event.type === "gap" : OPTIONAL.has(name);
}

describe("every event type", () => {
  test.each(SAMPLES)("$type comes back as it was written, in one line", (event) => {
    const line = encodeEvent(event);
    expect(line).not.toContain("\n");
    expect(decodeText(line)).toEqual({ kind: "event", event });
  });

  test.each(fields)("$type without $name", ({ event, name }) => {
    const lacking: Record<string, unknown> = { ...event };
    delete lacking[name];
    if (isOptional(event, name)) expect(decodeRecord(lacking).kind).toBe("event");
    else expect(faultOf(lacking)).toMatch(new RegExp(`^${name} `));
  });

  test.each(fields)("$type with a wrong $name", ({ event, name }) => {
    for (const wrong of [{ a: {} }, [[]], Number.POSITIVE_INFINITY, 2 ** 60, "x".repeat(40_000)]) {
      expect(faultOf({ ...event, [name]: wrong })).toMatch(new RegExp(`^${name} `));
    }
  });

  test.each(numbers)("$type with a text, a fraction or -2^60 for $name", ({ event, name }) => {
    for (const wrong of ["1", -(2 ** 60), true]) {
      expect(faultOf({ ...event, [name]: wrong })).toMatch(new RegExp(`^${name} `));
    }
    if (name.endsWith("Ms")) return;
    expect(faultOf({ ...event, [name]: 1.5 })).toMatch(new RegExp(`^${name} `));
  });
});

describe("the object itself", () => {
  test("is handed on, not copied, with the fields that nobody knows", () => {
    const event = { ...transitionAt(1), fromTheFuture: { a: [1] }, late: true };
    const record = decodeRecord(event);
    expect(record.kind === "event" && record.event).toBe(event);
    expect(encodeEvent(event)).toContain('"fromTheFuture":{"a":[1]},"late":true');
  });

  test.each(["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"])(
    "is not changed by a key %s",
    (key) => {
      const text = encodeEvent(transitionAt(1)).replace(
        "{",
        `{"${key}":{"inProcess":false,"x":1},`,
      );
      const record = decodeText(text);
      if (record.kind !== "event") throw new Error("it is an event");
      expect(Object.getPrototypeOf(record.event)).toBe(Object.prototype);
      expect("x" in Object.assign({}, record.event)).toBe(false);
      expect(record.event).toMatchObject(transitionAt(1));
    },
  );

  test("takes __proto__ out of maps too", () => {
    const record = decodeText(
      '{"type":"host","t":1,"netns":1,"counters":{"__proto__":{"a":1},"b":2}}',
    );
    expect(record).toEqual({
      kind: "event",
      event: { type: "host", t: 1, netns: 1, counters: { b: 2 } },
    });
  });

  test("that has no field of its own inherits none", () => {
    expect(faultOf(JSON.parse('{"__proto__":{"type":"gap","t":1}}'))).toBe("type is no short text");
  });

  test("nested deeper than the stack is written without its depths", () => {
    const depth = 20_000;
    const deep = `${"[".repeat(depth)}${"]".repeat(depth)}`;
    const record = decodeText(
      encodeEvent(transitionAt(1)).replace("{", `{"deep":${deep},"flat":[1],`),
    );
    if (record.kind !== "event") throw new Error("it is an event");
    const again = JSON.parse(encodeEvent(record.event));
    expect(again).toEqual({ flat: [1], ...transitionAt(1) });
  });
});

describe("other lines", () => {
  test("header and footer", () => {
    expect(decodeRecord(HEADER)).toEqual({ kind: "header", header: HEADER });
    expect(decodeRecord(FOOTER)).toEqual({ kind: "footer", footer: FOOTER });
  });

  test.each(Object.keys(HEADER).filter((name) => name !== "type"))(
    "a header with a wrong %s",
    (name) => {
      expect(decodeRecord({ ...HEADER, [name]: null }).kind).toBe("malformed");
    },
  );

  test.each(["2026-13-01T00:00:00Z", "yesterday", ""])("a header that began %s", (startedAt) => {
    expect(faultOf({ ...HEADER, startedAt })).toBe("startedAt is no instant");
  });

  test.each(Object.keys(FOOTER.ledger))("a footer whose ledger lacks %s", (name) => {
    expect(faultOf({ ...FOOTER, ledger: { ...FOOTER.ledger, [name]: undefined } })).toMatch(name);
  });

  test("a header of a newer schema, whatever else it holds", () => {
    expect(decodeText('{"type":"header","schema":2,"version":"9.1"}')).toEqual({
      kind: "newer",
      schema: 2,
      version: "9.1",
    });
  });

  test("a type that nobody knows", () => {
    expect(decodeText('{"type":"teardown","t":1}')).toEqual({ kind: "unknown", type: "teardown" });
    expect(decodeText('{"type":"constructor"}')).toEqual({ kind: "unknown", type: "constructor" });
  });

  test.each([
    "null",
    "1",
    '"x"',
    "[]",
    "true",
    "{}",
    '{"type":7}',
    `{"type":"${"x".repeat(300)}"}`,
  ])("%s is malformed", (text) => {
    expect(decodeText(text).kind).toBe("malformed");
  });
});
