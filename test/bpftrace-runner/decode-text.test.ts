/** Bytes of 0x80 and above come back as the text they were. */
import { describe, expect, test } from "vitest";
import { decodeBpftraceText } from "../../src/bpftrace-runner/index.ts";

/** What bpftrace's JSON escaping and a JSON parser make of bytes, where `char` is signed. */
function asBpftraceWrites(bytes: Buffer): string {
  return [...bytes]
    .map((byte) =>
      byte < 0x80 ? String.fromCharCode(byte) : `\uffff${(0xff00 + byte).toString(16)}`,
    )
    .join("");
}

describe("decodeBpftraceText", () => {
  test.each(["č", "žluťoučký kůň", "🐎", "a🐎b", "\u2028", "\uffff", "ffc3", "\u009b31m", "plain"])(
    "gives back %j",
    (text) => {
      expect(decodeBpftraceText(asBpftraceWrites(Buffer.from(text)))).toBe(text);
    },
  );

  test("reads each single byte as UTF-8 does", () => {
    for (let byte = 1; byte < 256; byte += 1) {
      const bytes = Buffer.from([0x61, byte, 0x62]);
      expect(decodeBpftraceText(asBpftraceWrites(bytes))).toBe(bytes.toString("utf8"));
    }
  });

  test("marks a letter that was cut in half", () => {
    const cut = Buffer.from("aaaaaaaaaaaaaač").subarray(0, 15);
    expect(decodeBpftraceText(asBpftraceWrites(cut))).toBe("aaaaaaaaaaaaaa\ufffd");
  });

  test("leaves what is no escaped byte alone", () => {
    const text = "\uffff \uffffff7f \uffffc3 \uffffFFC3";
    expect(decodeBpftraceText(text)).toBe(text);
  });
});
