// @ts-check
// Turns vitest's JSON result into the list of failures that stands above the last line of `npm test`.

/**
 * @typedef {object} FailedFile the part of a file in vitest's JSON that is used
 * @property {string} [name] its absolute path
 * @property {string} status
 * @property {string} [message] why it could not be loaded
 * @property {readonly FailedTest[]} assertionResults
 */
/**
 * @typedef {object} FailedTest
 * @property {string} status
 * @property {string} [fullName]
 * @property {readonly string[] | null} [failureMessages] one for each try, with its stack
 */

/** Lines of each message that are shown: the difference and where it arose. */
const MESSAGE_LINES = 24;

/**
 * Say which tests failed and why, each with its file.
 *
 * Two runs go side by side and thousands of lines come after the first failure; who has only the
 * end of a log, as on CI, must find there what failed.
 *
 * @param {{ testResults: readonly FailedFile[] } | null} result null when vitest wrote none
 * @param {string} root of the checkout, left out of what is shown
 * @returns {string[]} lines, none where nothing failed
 */
export function failures(result, root) {
  if (result === null) return ["FAILED a run of vitest, which left no result"];
  return result.testResults.flatMap((file) => {
    if (file.status !== "failed") return [];
    const path = (file.name ?? "").replace(`${root}/`, "");
    const failed = file.assertionResults.filter((one) => one.status === "failed");
    if (failed.length === 0) return [`FAILED ${path}`, ...excerpt(file.message ?? "")];
    return failed.flatMap((one) => [
      `FAILED ${path} > ${one.fullName}`,
      ...(one.failureMessages ?? []).flatMap(excerpt),
    ]);
  });
}

/** @param {string} message @returns {string[]} */
function excerpt(message) {
  const lines = message.trimEnd().split("\n");
  const left = lines.length - MESSAGE_LINES;
  return [...lines.slice(0, MESSAGE_LINES), ...(left > 0 ? [`(${left} more lines)`] : [])].map(
    (line) => `  ${line}`,
  );
}
