// @ts-check
// Which runs of vitest make up the tests, and which of them side by side.

/**
 * @typedef {object} VitestRun
 * @property {readonly string[]} args
 * @property {boolean} isAside runs beside the first of its stage, and is shown when that is over
 */

/**
 * Compares moment by moment what the kernel and lastack say of a hundred connections, with both
 * CPUs full for a minute: nothing runs beside it.
 */
const ALONE = "test/live/scenarios.sudo.test.ts";

/**
 * The runs, in stages: those of one stage go side by side.
 *
 * Live tests wait for the kernel's timers half of their time, and no live file can run beside
 * another, whose connections its probes would see: the unit tests fill that time. Only root may
 * give the CPU back to them when the live ones are over.
 *
 * @param {readonly string[]} args the user's: with any, one run takes them
 * @param {boolean} isRoot
 * @returns {(readonly VitestRun[])[]}
 */
export function planVitest(args, isRoot) {
  if (args.length > 0 || !isRoot) return [[{ args, isAside: false }]];
  return [
    [{ args: ["--project=live", ALONE], isAside: false }],
    [
      { args: ["--project=live", `--exclude=${ALONE}`], isAside: false },
      { args: ["--project=unit"], isAside: true },
    ],
  ];
}
