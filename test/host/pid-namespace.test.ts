/** When process numbers may be joined. */
import { expect, test } from "vitest";
import { judgePidNamespace } from "../../src/host/pid-namespace.ts";

test("in the first namespace they may", () => {
  expect(judgePidNamespace("pid:[4026531836]", "42", 42)).toEqual({ isJoinable: true });
});

test.each([
  ["another namespace", "pid:[4026532200]", "42", /PID namespace of its own.*4026532200/],
  ["a foreign /proc", "pid:[4026531836]", "4711", /calls this process 4711, not 42/],
  ["nothing to read", null, null, /cannot be read/],
])("with %s they may not, and it says why", (_, link, procSelf, reason) => {
  const verdict = judgePidNamespace(link, procSelf, 42);
  expect(verdict).toMatchObject({ isJoinable: false, reason: expect.stringMatching(reason) });
});
