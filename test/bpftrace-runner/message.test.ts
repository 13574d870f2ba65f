/** Each form that some bpftrace version prints is read, and nothing else. */
import { describe, expect, test } from "vitest";
import { parseMessage } from "../../src/bpftrace-runner/message.ts";

describe("parseMessage", () => {
  test.each([
    ['{"type": "printf", "data": "a\\nb\\n"}', { type: "printf", data: "a\nb\n" }],
    ['{"type": "attached_probes", "data": {"probes": 2}}', { type: "attached_probes", probes: 2 }],
    ['{"type":"attached_probes", "count":2}', { type: "attached_probes", probes: 2 }],
    ['{"type": "lost_events", "data": {"events": 71}}', { type: "lost_events", count: 71 }],
    ['{"type":"lost_events", "count":71}', { type: "lost_events", count: 71 }],
    ['{"type": "map", "data": {"@b": 1}}', { type: "map", data: { "@b": 1 } }],
    [
      '{"type": "map", "data": {"@a": {"x": 9223372036854775807}}}',
      { type: "map", data: { "@a": { x: "9223372036854775807" } } },
    ],
    ['{"type": "value", "data": [1,"a"]}', { type: "other", kind: "value", data: [1, "a"] }],
    ['{"type": "time", "data": "07:53\\n"}', { type: "other", kind: "time", data: "07:53\n" }],
    [
      '{"type": "helper_error", "msg": "No", "retcode": -2}',
      { type: "other", kind: "helper_error", data: { msg: "No", retcode: -2 } },
    ],
  ])("reads %s", (line, message) => {
    expect(parseMessage(line)).toEqual(message);
  });

  test.each([
    "",
    "{",
    "null",
    "[]",
    "7",
    '"printf"',
    "{}",
    '{"type": 1}',
    '{"type": "printf"}',
    '{"type": "printf", "data": {}}',
    '{"type": "map", "data": [1]}',
    '{"type": "map"}',
    '{"type": "lost_events", "data": {}}',
    '{"type": "lost_events", "count": -1}',
    '{"type": "attached_probes", "data": {"probes": "2"}}',
    "[".repeat(60_000),
  ])("refuses %.40s", (line) => {
    expect(parseMessage(line)).toBeUndefined();
  });

  test("decodes bytes in texts, keys and values", () => {
    const cHacek = "\\uffffffc4\\uffffff8d";
    expect(parseMessage(`{"type": "printf", "data": "${cHacek}\\n"}`)).toEqual({
      type: "printf",
      data: "č\n",
    });
    expect(parseMessage(`{"type": "map", "data": {"@": {"${cHacek}": ["${cHacek}", 1]}}}`)).toEqual(
      {
        type: "map",
        data: { "@": { č: ["č", 1] } },
      },
    );
  });

  test("does not decode what a process wrote as an escape", () => {
    expect(parseMessage('{"type": "printf", "data": "\\\\uffffffc3"}')).toEqual({
      type: "printf",
      data: "\\uffffffc3",
    });
  });

  test("keeps __proto__ as a key of its own", () => {
    const line = '{"type": "map", "data": {"@": {"__proto__": 5, "\\uffffffc4\\uffffff8d": 1}}}';
    const message = parseMessage(line);
    const map = message?.type === "map" ? (message.data["@"] as object) : {};
    expect(Object.entries(map)).toEqual([
      ["__proto__", 5],
      ["č", 1],
    ]);
  });
});
