/**
 * Leaves the CPU to the live tests while they run: as long as the file is there that
 * LASTACK_LIVE_TESTS names. Called before each unit test file; what it starts inherits it.
 */
import { existsSync, readdirSync } from "node:fs";
import { constants, setPriority } from "node:os";

/** A third of the CPU that another gets who wants it too: enough to keep any patience. */
const BEHIND = 5;

const { LASTACK_LIVE_TESTS: path } = process.env;

if (path !== undefined) {
  const priority = existsSync(path) ? BEHIND : constants.priority.PRIORITY_NORMAL;
  // On Linux it is each thread's own.
  for (const id of readdirSync("/proc/self/task")) setPriority(Number(id), priority);
}
