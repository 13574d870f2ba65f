/** The end of a recording tells whether a writer was killed, and how far it had come. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { RecordingError } from "../../src/store/recording-error.ts";
import { describeDamage, readTail } from "../../src/store/repair.ts";
import { FOOTER, recordingText } from "../event/sample-events.ts";
import { scan } from "./scan.ts";
import { scratch } from "./scratch.ts";

const files = scratch();
const text = recordingText(400);

describe("readTail", () => {
  test("of a closed recording", async () => {
    const tail = await readTail(files.put("closed", text));
    expect(tail).toEqual({ isClosed: true, tornBytes: 0, lastNs: FOOTER.t });
  });

  test("of one that was cut anywhere in its last three lines", async () => {
    const body = text.slice(0, text.lastIndexOf('{"type":"footer"'));
    for (let cut = body.length; cut > body.length - 1200; cut -= 7) {
      const bytes = body.slice(0, cut);
      const torn = bytes.slice(bytes.lastIndexOf("\n") + 1);
      const isWhole = torn.endsWith("}");
      expect(await readTail(files.put("cut", bytes))).toEqual({
        isClosed: false,
        tornBytes: isWhole ? 0 : torn.length,
        lastNs: scan(bytes).end.lastNs,
      });
    }
  });

  test("finds the last instant in front of a long torn line", async () => {
    const tail = await readTail(files.put("long", `${recordingText(10)}{"${"x".repeat(65_000)}`));
    expect(tail).toEqual({ isClosed: false, tornBytes: 65_002, lastNs: FOOTER.t });
  });

  test("of what cannot be read from its end is null", async () => {
    expect(await readTail("-")).toBeNull();
    expect(await readTail(files.put("packed", gzipSync(text)))).toBeNull();
    expect(await readTail("/dev/null")).toBeNull();
  });

  test("of a missing file is an error, of other files no claim", async () => {
    await expect(readTail(files.path("nowhere"))).rejects.toThrow(RecordingError);
    const none = { isClosed: false, tornBytes: 0, lastNs: null };
    expect(await readTail(files.put("empty", ""))).toEqual(none);
    expect(await readTail(files.put("other", '{"a":1}\n'))).toEqual(none);
  });
});

describe("describeDamage", () => {
  test("has nothing to say of a whole recording", () => {
    expect(describeDamage(scan(text).end)).toEqual([]);
  });

  test("names every fault", () => {
    const lines = text.split("\n");
    lines[5] = "{";
    lines[6] = "x".repeat(70_000);
    lines[7] = '{"type":"teardown"}';
    expect(describeDamage(scan(lines.slice(0, -2).join("\n").slice(0, -3)).end)).toEqual([
      "it ends within a line; every line before is used",
      "it was not closed cleanly: it has no footer at its end",
      "damaged lines: 1, each marked as a gap",
      "lines over 64 KiB: 1, each marked as a gap",
      'events of the unknown type "teardown": 1, skipped; a newer lastack wrote them',
    ]);
  });
});
