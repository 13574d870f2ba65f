/** The last line of the tests, from results as vitest writes them. */
import { describe, expect, it } from "vitest";
import { isGood, sum, tally, tallyLine } from "../../bin/setup/tally.js";

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((one) => ({ status: one })),
});

function result(passed: number, failed: number, skipped: number, ...files: object[]) {
  return {
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: skipped,
    numTodoTests: 0,
    testResults: files as ReturnType<typeof file>[],
  };
}

describe("tally", () => {
  it("takes vitest's own numbers", () => {
    const run = result(2, 1, 3, file("failed", "passed", "passed", "failed"));
    expect(tally(run, 1)).toEqual({ passed: 2, failed: 1, skipped: 3 });
  });

  it("counts a file that could not be loaded as one failure", () => {
    const run = result(1, 0, 0, file("passed", "passed"), file("failed"));
    expect(tally(run, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it("counts a file whose own set-up failed after its tests were skipped", () => {
    expect(tally(result(0, 0, 1, file("failed", "skipped")), 1).failed).toBe(1);
  });

  it("counts an error outside every test, which only the exit code tells", () => {
    expect(tally(result(1, 0, 0, file("passed", "passed")), 1).failed).toBe(1);
  });

  it("counts a run without a result as one failure", () => {
    expect(tally(null, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe("sum", () => {
  it("adds up several runs", () => {
    const one = { passed: 1, failed: 2, skipped: 3 };
    expect(sum([one, { passed: 10, failed: 20, skipped: 30 }])).toEqual({
      passed: 11,
      failed: 22,
      skipped: 33,
    });
  });
});

describe("tallyLine", () => {
  it("names skipped tests only where there are some", () => {
    expect(tallyLine({ passed: 12, failed: 0, skipped: 0 })).toBe("12 passed, 0 failed");
    expect(tallyLine({ passed: 1, failed: 2, skipped: 3 })).toBe("1 passed, 2 failed, 3 skipped");
  });
});

describe("isGood", () => {
  it.each([
    [true, { passed: 1, failed: 0, skipped: 0 }, true],
    [false, { passed: 1, failed: 1, skipped: 0 }, false],
    [false, { passed: 0, failed: 0, skipped: 0 }, false],
    [false, { passed: 0, failed: 0, skipped: 5 }, false],
    [true, { passed: 1, failed: 0, skipped: 5 }, false],
    [false, { passed: 1, failed: 0, skipped: 5 }, true],
  ])("is %s for %j with CI %s", (good, counts, isCi) => {
    expect(isGood(counts, isCi)).toBe(good);
  });
});
