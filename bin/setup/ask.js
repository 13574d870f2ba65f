// @ts-check
// Puts one yes-or-no question to the person at the terminal.
import { closeSync, openSync, readSync } from "node:fs";

/**
 * Ask and wait; Enter alone means yes, the end of input means no.
 *
 * The answer is read from the controlling terminal itself: process.stdin stays untouched for the
 * dashboard that follows, and Ctrl-C ends the program as it does anywhere.
 *
 * @param {string} question
 * @returns {boolean}
 */
export function ask(question) {
  process.stderr.write(`${question} [Y/n] `);
  const terminal = openSync("/dev/tty", "r");
  try {
    return isYes(readLine(terminal));
  } finally {
    closeSync(terminal);
  }
}

/**
 * Whether an answered line means yes; null is the end of input.
 *
 * @param {string | null} line
 */
export function isYes(line) {
  return line !== null && /^\s*(y|yes)?\s*$/i.test(line);
}

/** @param {number} fd @returns {string | null} */
function readLine(fd) {
  const chunk = Buffer.alloc(256);
  let line = "";
  for (;;) {
    const count = readSync(fd, chunk);
    if (count === 0) return line === "" ? null : line;
    line += chunk.toString("utf8", 0, count);
    if (line.includes("\n")) return line.slice(0, line.indexOf("\n"));
  }
}
