// @ts-check
// Runs one command to its end and passes signals on; its output goes to stderr, stdout stays ours.
import { spawn } from "node:child_process";
import { constants } from "node:os";

/**
 * @typedef {object} RunOptions
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [cwd]
 * @property {{ uid: number, gid: number } | null} [as] another user; only root may give one
 * @property {'shown' | 'to stdout' | 'kept' | number} [output] `kept` shows nothing and returns the
 *   complaint; a number is an open file that takes it all
 */
/**
 * @typedef {object} Outcome
 * @property {number} code exit code; 128 + n after signal n, 127 when it could not be started
 * @property {string} complaint the first line it wrote to stderr, when kept
 */

/** Thrown after a command has ended because the person, or a supervisor, ended us. */
export class Interrupted extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`interrupted by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** @type {readonly NodeJS.Signals[]} */
const PASSED_ON = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Run a program without a shell and without standard input.
 *
 * A signal to us is passed on, the command's end awaited, and `Interrupted` thrown, so that what is
 * half done can be cleaned up on the way out. Ctrl-C reaches the whole foreground group by itself,
 * and a second one makes several tools skip their own clean-up; it is passed on only off a terminal.
 *
 * @param {readonly [string, ...string[]]} command an absolute program and its arguments
 * @param {RunOptions} [options]
 * @returns {Promise<Outcome>}
 */
export function runCommand([program, ...args], options = {}) {
  const { output = "shown" } = options;
  const stdio =
    typeof output === "number"
      ? /** @type {const} */ (["ignore", output, output])
      : {
          shown: /** @type {const} */ (["ignore", 2, 2]),
          "to stdout": /** @type {const} */ (["ignore", 1, 2]),
          kept: /** @type {const} */ (["ignore", "ignore", "pipe"]),
        }[output];
  /** @type {NodeJS.Signals | null} */
  let received = null;
  /** @param {NodeJS.Signals} signal */
  const passOn = (signal) => {
    received = signal;
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  // Before the start: the command may be running, and be ended with us, before spawn returns.
  for (const signal of PASSED_ON) process.on(signal, passOn);
  const child = spawn(program, args, {
    stdio: [...stdio],
    ...(options.env && { env: options.env }),
    ...(options.cwd && { cwd: options.cwd }),
    ...(options.as && { uid: options.as.uid, gid: options.as.gid }),
  });
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
    if (complaint.length < 4096) complaint += text;
  });
  return new Promise((resolve, reject) => {
    /** @param {number} code */
    const end = (code) => {
      for (const signal of PASSED_ON) process.off(signal, passOn);
      if (received !== null) reject(new Interrupted(received));
      else resolve({ code, complaint: complaint.trim().split("\n")[0] ?? "" });
    };
    child.once("error", () => end(127));
    child.once("close", (code, signal) =>
      end(code ?? 128 + (signal ? constants.signals[signal] : 0)),
    );
  });
}
