// @ts-check
// Sees to it that a benchmark which is ended leaves no tracer and no load behind.

/** @type {Set<import("node:child_process").ChildProcess>} */
const children = new Set();

/** End this child when the benchmark ends before it. @template {import("node:child_process").ChildProcess} C @param {C} child @returns {C} */
export function mind(child) {
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

process.once("exit", () => {
  for (const child of children) child.kill("SIGTERM");
});
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
