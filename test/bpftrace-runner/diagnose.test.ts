/** What is quoted of what bpftrace has written to stderr when it dies. */
import { expect, test } from "vitest";
import { diagnose } from "../../src/bpftrace-runner/diagnose.ts";

const WARNING =
  "stdin:12:3-9: WARNING: comparison of integers of different signs\n  $a < $b\n  ~~~~~~\n";

function messageOf(stderrTail: string): string {
  return diagnose({ progress: "ready", exitCode: null, signal: "SIGKILL", stderrTail }).message;
}

test("a warning that a good run gives too is no reason", () => {
  expect(messageOf(WARNING)).toContain("(killed by SIGKILL); ");
});

test("what stands behind it is", () => {
  expect(messageOf(`${WARNING}out of luck\n`)).toContain("(killed by SIGKILL): out of luck; ");
});
