// @ts-check
// A vitest reporter that lists every skipped test under its reason, after everything else.

/**
 * A reason is the note given to `context.skip(note)`; many tests often share one. Tests that a name
 * pattern on the command line leaves out are no news to who gave it.
 */
export default class SkipReporter {
  /** @param {import('vitest/node').Vitest} vitest */
  onInit(vitest) {
    this.isFiltered = vitest.config.testNamePattern !== undefined;
  }

  /** @param {readonly import('vitest/node').TestModule[]} modules */
  onTestRunEnd(modules) {
    /** @type {Map<string, string[]>} */
    const byReason = new Map();
    for (const module of modules) {
      for (const test of module.children.allTests("skipped")) {
        const result = test.result();
        const note = result.state === "skipped" ? result.note : undefined;
        if (note === undefined && this.isFiltered) continue;
        const reason = note ?? "no reason given";
        byReason.set(reason, [...(byReason.get(reason) ?? []), test.fullName]);
      }
    }
    for (const [reason, names] of byReason) {
      process.stdout.write(`\nskipped, ${reason}:\n${names.map((name) => `  ${name}\n`).join("")}`);
    }
  }
}
