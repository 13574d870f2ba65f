// @ts-check
// Tells whether the npm packages and the build of a checkout are there and newer than their sources.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { MAIN } from "./bundle.js";

/** @typedef {'ready' | 'missing' | 'old'} State */

/**
 * The state of `node_modules`: npm writes its own lock file there at the end of an install, so a
 * missing or older one means an install that was never done, was interrupted, or is outdated.
 *
 * @param {string} root the checkout
 * @returns {State}
 */
export function packagesState(root) {
  const installed = changedMs(join(root, "node_modules/.package-lock.json"));
  if (installed === null) return "missing";
  return installed < (changedMs(join(root, "package-lock.json")) ?? 0) ? "old" : "ready";
}

/**
 * The state of `dist`, by modification times: what the launcher loads is written anew at the end
 * of each build, so it stands for all. Without the compiler's settings this is an installed package,
 * not a checkout, and its build is as it was published.
 *
 * @param {string} root the checkout or the installed package
 * @returns {State}
 */
export function buildState(root) {
  const built = changedMs(join(root, MAIN));
  if (built === null) return "missing";
  const settings = changedMs(join(root, "tsconfig.json"));
  if (settings === null || !existsSync(join(root, "src"))) return "ready";
  return built < Math.max(settings, newestSourceMs(join(root, "src"))) ? "old" : "ready";
}

/** @param {string} directory @returns {number} */
function newestSourceMs(directory) {
  let newest = 0;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) newest = Math.max(newest, newestSourceMs(path));
    else if (/\.(ts|json)$/.test(entry.name)) newest = Math.max(newest, changedMs(path) ?? 0);
  }
  return newest;
}

/** @param {string} path @returns {number | null} */
function changedMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
