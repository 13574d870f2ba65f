/** What tracefs says about a tracepoint. */
import { expect, test } from "vitest";
import { parseFormatFields, parseFormatSymbols } from "../../src/host/tracepoint-format.ts";
import { fixture } from "./fixture.ts";

const RESET = fixture("tcp_send_reset.format.txt");

test("fields are the event's own, arrays and pointers by their bare names", () => {
  expect([...parseFormatFields(RESET)]).toEqual([
    "skbaddr",
    "skaddr",
    "state",
    "reason",
    "saddr",
    "daddr",
  ]);
});

test("reset reasons are the kernel's own numbers and names", () => {
  const reasons = parseFormatSymbols(RESET, "reason");
  expect(reasons.size).toBe(26);
  expect(reasons.get(1)).toBe("NO_SOCKET");
  expect(reasons.get(8)).toBe("TCP_ABORT_ON_DATA");
  expect(reasons.get(14)).toBe("TCP_STATE");
});

test("a table that the kernel left symbolic has no numbers, a field without one no names", () => {
  expect(parseFormatSymbols(RESET, "state").size).toBe(0);
  expect(parseFormatSymbols(RESET, "skaddr").size).toBe(0);
  expect(parseFormatSymbols("", "reason").size).toBe(0);
});
