/** Recordings cut, torn, damaged and forged: every complete line replays, every loss is told. */
import { describe, expect, test } from "vitest";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { RecordingError } from "../../src/store/recording-error.ts";
import { FOOTER, HEADER, recordingText, SAMPLES, transitionAt } from "../event/sample-events.ts";
import { seeded } from "../event/seeded.ts";
import { type Scanned, scan } from "./scan.ts";

const HEAD = `${JSON.stringify(HEADER)}\n`;
const FOOT = `${JSON.stringify(FOOTER)}\n`;

function line(event: object): string {
  return `${JSON.stringify(event)}\n`;
}

function withoutGaps({ events }: Scanned): readonly TraceEvent[] {
  return events.filter((event) => event.type !== "gap");
}

function refusal(...chunks: (string | Buffer)[]): RecordingError {
  try {
    scan(...chunks);
  } catch (error) {
    if (error instanceof RecordingError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

describe("a whole recording", () => {
  test("gives every event type back, and closes cleanly", () => {
    const { events, end } = scan(HEAD + SAMPLES.map(line).join("") + FOOT);
    expect(events).toEqual(SAMPLES);
    expect(end).toEqual({
      footer: FOOTER,
      closedCleanly: true,
      unknownTypes: new Map(),
      malformed: 0,
      overlong: 0,
      unproven: 0,
      tornTail: false,
      lines: SAMPLES.length + 2,
      lastNs: FOOTER.t,
    });
  });

  test("cut at any two places into chunks is the same", () => {
    const whole = Buffer.from(HEAD + SAMPLES.map(line).join("") + FOOT);
    const expected = scan(whole);
    const chance = seeded(7);
    for (let cut = 0; cut <= whole.length; cut += 1 + chance(7)) {
      const other = cut + chance(whole.length - cut + 1);
      const parts = [whole.subarray(0, cut), whole.subarray(cut, other), whole.subarray(other)];
      expect(scan(...parts)).toEqual(expected);
    }
  });

  test("in single bytes is the same", () => {
    const whole = Buffer.from(recordingText(20));
    expect(scan(...Array.from(whole, (byte) => Buffer.of(byte)))).toEqual(scan(whole));
  });

  test.each([
    ["CRLF", (text: string) => text.replaceAll("\n", "\r\n")],
    ["blank lines", (text: string) => text.replaceAll("\n", "\n\n\n")],
    ["a byte order mark", (text: string) => `\ufeff${text}`],
    ["no LF at its end", (text: string) => text.trimEnd()],
    ["spaces at its end", (text: string) => `${text}  `],
  ])("with %s is the same", (_, change) => {
    const text = recordingText(50);
    expect(scan(change(text))).toEqual(scan(text));
  });

  test("keeps U+2028 in a name in one line", () => {
    const event = { ...transitionAt(1), comm: "a\u2028b\u2029c" };
    expect(scan(HEAD + line(event) + FOOT).events).toEqual([event]);
  });

  test("that is out of order comes out in order", () => {
    const events = [5, 3, 4, 1, 2].map((t) => transitionAt(t * 1e6, t));
    const instants = scan(HEAD + events.map(line).join("")).events.map((event) => event.t);
    expect(instants).toEqual([1e6, 2e6, 3e6, 4e6, 5e6]);
  });

  test("with late events comes out as it was written", () => {
    const events = [1e9, 2e9, 3e9].map((t) => transitionAt(t));
    const late = { ...transitionAt(5e8), late: true };
    const written = [...events.slice(0, 2), late, ...events.slice(2)];
    expect(scan(HEAD + written.map(line).join("")).events).toEqual(written);
  });
});

describe("a recording that ends early", () => {
  function expectPrefix(text: string, cutAt: number): void {
    const bytes = Buffer.from(text).subarray(0, cutAt);
    const complete = bytes.toString().split("\n").slice(0, -1);
    const tail = bytes.subarray(bytes.lastIndexOf(0x0a) + 1).toString();
    const isTailWhole = tail.endsWith("}") && isJson(tail);
    const lines = isTailWhole ? [...complete, tail] : complete;
    if (lines.length === 0) {
      expect(refusal(bytes).code).toBe("not-a-recording");
      return;
    }
    const { events, end } = scan(bytes);
    const isClosed = lines.at(-1) === FOOT.trimEnd();
    // As text: comparing a million objects would take a minute.
    const told = [HEAD.trimEnd(), ...events.map((it) => JSON.stringify(it))];
    expect([...told, ...(isClosed ? [FOOT.trimEnd()] : [])].join("\n")).toBe(lines.join("\n"));
    expect(end.tornTail).toBe(tail !== "" && !isTailWhole);
    expect(end.closedCleanly).toBe(isClosed && !end.tornTail);
    expect([end.malformed, end.overlong, end.lines]).toEqual([0, 0, lines.length]);
  }

  function isJson(text: string): boolean {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  }

  test("at every offset of a small one: every complete line replays", () => {
    const text = HEAD + SAMPLES.map(line).join("") + FOOT;
    for (let at = 0; at <= Buffer.byteLength(text); at++) expectPrefix(text, at);
  });

  test("at 1,000 random offsets of a larger one: every complete line replays", () => {
    const text = recordingText(100);
    const chance = seeded(1000);
    for (let round = 0; round < 1000; round++) expectPrefix(text, chance(text.length));
  });
});

describe("damage in the middle", () => {
  const good = [1, 2, 3, 4].map((t) => transitionAt(t * 1e6, t));

  test.each([
    ["no JSON", '{"type":"transition","t":15000\n'],
    ["null", "null\n"],
    ["a list", "[1]\n"],
    ["a wrong field", line({ ...transitionAt(25e5), localPort: -1 })],
    ["a second header", HEAD],
    ["NUL bytes", "\0\0\0\0\n"],
    ["deep nesting", `${"[".repeat(30_000)}\n`],
    ["a whole deep value", `${"[".repeat(30_000)}${"]".repeat(30_000)}\n`],
  ])("(%s) becomes a gap between its neighbours", (_, bad) => {
    const { events, end } = scan(
      HEAD + good.slice(0, 2).map(line).join("") + bad + line(good[2] ?? {}),
    );
    const gap = { type: "gap", t: 3e6, from: 2e6, cause: "damaged", count: 1 };
    expect(events).toEqual([...good.slice(0, 2), gap, good[2]]);
    expect(end).toMatchObject({ malformed: 1, overlong: 0, tornTail: false });
  });

  test("of several lines is one gap, a line of 600 KB among them", () => {
    const long = `${" ".repeat(600_000)}\n`;
    const { events, end } = scan(
      `${HEAD}${line(good[0] ?? {})}{\n${long}}\n${line(good[3] ?? {})}`,
    );
    const gap = { type: "gap", t: 4e6, from: 1e6, cause: "damaged", count: 3 };
    expect(events).toEqual([good[0], gap, good[3]]);
    expect(end).toMatchObject({ malformed: 2, overlong: 1, lines: 6 });
  });

  test("before the first event and behind the last one", () => {
    const { events } = scan(`${HEAD}{\n${line(good[0] ?? {})}{\n${FOOT}`);
    expect(events).toEqual([
      { type: "gap", t: 1e6, from: 0, cause: "damaged", count: 1 },
      good[0],
      { type: "gap", t: FOOTER.t, from: 1e6, cause: "damaged", count: 1 },
    ]);
  });

  test("takes no good line with it, at 1,000 random places", () => {
    const chance = seeded(3);
    const text = recordingText(40);
    const lines = text.split("\n").slice(0, -1);
    for (let round = 0; round < 1000; round++) {
      const at = 1 + chance(40);
      const hurt = lines.with(at, (lines[at] ?? "").slice(0, 5 + chance(100)));
      const scanned = scan(`${hurt.join("\n")}\n`);
      const expected = lines.toSpliced(at, 1).slice(1, -1);
      expect(withoutGaps(scanned)).toEqual(expected.map((it) => JSON.parse(it)));
      expect(scanned.end).toMatchObject({ malformed: 1, closedCleanly: true });
    }
  });

  test("events behind a footer: it was not the last line", () => {
    const { events, end } = scan(HEAD + FOOT + line(transitionAt(10e9)));
    expect(events.length).toBe(1);
    expect(end).toMatchObject({ footer: FOOTER, closedCleanly: false });
  });
});

describe("unknown types", () => {
  test("are counted and skipped without a gap", () => {
    const { events, end } = scan(
      `${HEAD}{"type":"new"}\n{"type":"__proto__"}\n{"type":"new","t":"x"}\n${line(transitionAt(1))}`,
    );
    expect(events).toEqual([transitionAt(1)]);
    expect([...end.unknownTypes]).toEqual([
      ["new", 2],
      ["__proto__", 1],
    ]);
    expect(end.malformed).toBe(0);
  });

  test("in any number do not fill the memory", () => {
    const many = Array.from({ length: 10_000 }, (_, at) => `{"type":"t${at}"}\n`).join("");
    const { unknownTypes } = scan(HEAD + many).end;
    expect(unknownTypes.size).toBeLessThan(300);
    expect([...unknownTypes.values()].reduce((sum, count) => sum + count)).toBe(10_000);
  });
});

describe("what is no recording", () => {
  test.each([
    ["nothing", ""],
    ["blank lines", "\n\n\r\n"],
    ["binary", Buffer.from("\x7fELF\x02\x01\0\0\n\0\0\n", "latin1")],
    ["other JSON lines", '{"level":"info","msg":"hi"}\n'],
    ["one JSON document", '{\n  "a": 1\n}\n'],
    ["a header of another program", line({ ...HEADER, program: "tcpdump" })],
    ["a header alone, torn", HEAD.slice(0, 50)],
    ["a first line of 70 KB", `${"x".repeat(70_000)}\n`],
    ["an endless first line", "x".repeat(200_000)],
    ["events alone", line(transitionAt(1))],
    ["null", "null\n"],
    ["schema 0", line({ ...HEADER, schema: 0 })],
    ["schema in a text", line({ ...HEADER, schema: "1" })],
  ])("%s", (_, bytes) => {
    const error = refusal(bytes);
    expect(error.code).toBe("not-a-recording");
    expect(error.message).toMatch(/^test is no recording: [^\n]+; name a file [^\n]+$/);
  });

  test("a newer schema, named with who wrote it", () => {
    const error = refusal(line({ ...HEADER, schema: 7, version: "4.2.0" }));
    expect([error.code, error.message]).toEqual([
      "newer-schema",
      "test was written by lastack 4.2.0 in schema 7, this program reads 1; update lastack",
    ]);
  });

  test("a newer schema from a writer with an evil name", () => {
    const error = refusal(line({ ...HEADER, schema: 7, version: "\x1b[2J\n" }));
    expect(error.message).toBe(
      "test was written in schema 7, this program reads 1; update lastack",
    );
  });
});
