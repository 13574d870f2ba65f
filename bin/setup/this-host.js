// @ts-check
// The real machine behind the set-up: the one place where it reads, asks, says and runs.
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ask } from "./ask.js";
import { launch, ROOT } from "./launch.js";
import { runCommand } from "./run-command.js";

/**
 * Everything the set-up knows and does outside itself, so that a test can stand in for a machine.
 *
 * @typedef {object} Host
 * @property {string} root the checkout
 * @property {string} node the running Node.js
 * @property {NodeJS.ProcessEnv} env
 * @property {string} platform
 * @property {number} uid effective; -1 where there is none
 * @property {boolean} isTerminal a person can be asked
 * @property {string} policyFile Debian's hook that decides whether a package may start its daemon
 * @property {(path: string) => string} read the text of a file, empty when it cannot be read
 * @property {(path: string) => boolean} exists
 * @property {(path: string) => string[]} list names in a directory, none when it cannot be read
 * @property {(path: string) => number | null} ownerOf
 * @property {(program: string) => string | null} find a program of the system
 * @property {(line: string) => void} say one line to the person, on stderr
 * @property {(text: string) => void} print to stdout
 * @property {(question: string) => boolean} ask
 * @property {typeof runCommand} run
 * @property {(args: readonly string[]) => Promise<number>} launch
 */

/**
 * Where programs are looked for, in this order. Not PATH: `npm start` puts `node_modules/.bin` of
 * the checkout and of every directory above it there, which a user may write to and root would run.
 */
export const SYSTEM_PATH = [
  "/usr/local/sbin",
  "/usr/local/bin",
  "/usr/sbin",
  "/usr/bin",
  "/sbin",
  "/bin",
];

/** @returns {Host} */
export function thisHost() {
  return {
    root: ROOT,
    node: process.execPath,
    env: process.env,
    platform: process.platform,
    uid: process.geteuid?.() ?? -1,
    isTerminal: process.stdin.isTTY === true && process.stderr.isTTY === true,
    policyFile: "/usr/sbin/policy-rc.d",
    read: (path) => attempt(() => readFileSync(path, "utf8"), ""),
    exists: existsSync,
    list: (path) => attempt(() => readdirSync(path), []),
    ownerOf: (path) => statSync(path, { throwIfNoEntry: false })?.uid ?? null,
    find: (program) =>
      SYSTEM_PATH.map((directory) => join(directory, program)).find(isExecutable) ?? null,
    say: (line) => process.stderr.write(`lastack: ${line}\n`),
    print: (text) => process.stdout.write(text),
    ask,
    run: runCommand,
    launch,
  };
}

/** @param {string} path */
function isExecutable(path) {
  return attempt(() => {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  }, false);
}

/** @template T @param {() => T} action @param {T} otherwise @returns {T} */
function attempt(action, otherwise) {
  try {
    return action();
  } catch {
    return otherwise;
  }
}
