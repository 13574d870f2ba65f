/** The failures above the last line of the tests, from results as vitest writes them. */
import { expect, it } from "vitest";
import { failures } from "../../bin/setup/failures.js";

const ROOT = "/srv/checkout";
const passed = { status: "passed", fullName: "adds up", failureMessages: [] };

it("names each failed test with its file and its message, and no test that passed", () => {
  const failed = {
    status: "failed",
    fullName: "a wave > breaks",
    failureMessages: ["AssertionError: expected 1 to be 2\n    at wave.test.ts:7:3"],
  };
  const file = {
    name: `${ROOT}/test/tui/wave.test.ts`,
    status: "failed",
    assertionResults: [passed, failed],
  };
  const green = {
    name: `${ROOT}/test/green.test.ts`,
    status: "passed",
    assertionResults: [passed],
  };
  expect(failures({ testResults: [green, file] }, ROOT)).toEqual([
    "FAILED test/tui/wave.test.ts > a wave > breaks",
    "  AssertionError: expected 1 to be 2",
    "      at wave.test.ts:7:3",
  ]);
});

it("names a file that could not be loaded, and why", () => {
  const file = {
    name: `${ROOT}/test/a.test.ts`,
    status: "failed",
    message: "Cannot find module",
    assertionResults: [],
  };
  expect(failures({ testResults: [file] }, ROOT)).toEqual([
    "FAILED test/a.test.ts",
    "  Cannot find module",
  ]);
});

it("shows the beginning of a long message, and how much is left out", () => {
  const message = Array.from({ length: 30 }, (_, i) => `line ${i}`).join("\n");
  const failed = { status: "failed", fullName: "t", failureMessages: [message] };
  const lines = failures(
    { testResults: [{ name: `${ROOT}/a`, status: "failed", assertionResults: [failed] }] },
    ROOT,
  );
  expect(lines[24]).toBe("  line 23");
  expect(lines.slice(25)).toEqual(["  (6 more lines)"]);
});

it("says so where vitest left no result", () => {
  expect(failures(null, ROOT)).toEqual(["FAILED a run of vitest, which left no result"]);
});
