// @ts-check
// Turns vitest's JSON result into the last line of `npm test` and its exit code.

/**
 * @typedef {object} VitestResult the part of vitest's JSON that is used
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests skipped ones, `todo` apart
 * @property {number} numTodoTests
 * @property {readonly import('./failures.js').FailedFile[]} testResults
 */
/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

/**
 * Count a run.
 *
 * A file that could not be loaded counts as one failed test, since vitest lists none in it; so does
 * an error outside every test, which shows only in the exit code, and a run without a result.
 *
 * @param {VitestResult | null} result null when vitest wrote none
 * @param {number} exitCode of vitest
 * @returns {Tally}
 */
export function tally(result, exitCode) {
  if (result === null) return { passed: 0, failed: 1, skipped: 0 };
  const broken = result.testResults.filter(
    (file) =>
      file.status === "failed" && !file.assertionResults.some((one) => one.status === "failed"),
  );
  const failed = result.numFailedTests + broken.length;
  return {
    passed: result.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

/** @param {readonly Tally[]} all @returns {Tally} */
export function sum(all) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of all) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}

/** @param {Tally} counts @returns {string} */
export function tallyLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/**
 * Whether a run may be called good: something ran, nothing failed, and on CI nothing was skipped,
 * for there a test that is not run proves as little as one that fails.
 *
 * @param {Tally} counts
 * @param {boolean} isCi
 */
export function isGood({ passed, failed, skipped }, isCi) {
  return passed > 0 && failed === 0 && !(isCi && skipped > 0);
}
