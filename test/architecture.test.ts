/** The rooms import along the design's arrows only, and no file outgrows its room. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { breaches, importsOf, MOST_LINES, type Source } from "./architecture-rules.ts";

const SRC = fileURLToPath(new URL("../src/", import.meta.url));

function sources(): Source[] {
  return readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.[cm]?[jt]sx?$/.test(path))
    .map((path) => ({ path, text: readFileSync(`${SRC}${path}`, "utf8") }));
}

/**
 * Breaches that stand and must go, by what each begins with. None may be added, and a paid one
 * must be taken out.
 */
const OWED: readonly string[] = [
  // The pages of a report quote the advice, which explain writes.
  "export/finding-advice.ts imports explain/index.ts",
  "export/give-up.ts imports explain/index.ts",
  // Only where its caller gives it no way to end.
  "tui/lifecycle.ts uses process.exit",
];

function isOwed(breach: string): boolean {
  return OWED.some((debt) => breach.startsWith(debt));
}

/** The one file that may import ndjson, so that a made-up tree breaks no other rule. */
const NDJSON: Source = { path: "store/lines.ts", text: 'import ndjson from "ndjson";\n' };

function breachOf(path: string, text: string): string[] {
  return breaches([NDJSON, { path, text }]);
}

describe("this tree", () => {
  test("is read", () => {
    expect(sources().length).toBeGreaterThan(100);
    expect(sources().flatMap(({ text }) => importsOf(text)).length).toBeGreaterThan(300);
  });

  test("keeps to the rules, but for what it owes", () => {
    const found = breaches(sources()).filter((breach) => !isOwed(breach));
    expect(found).toEqual([]);
  });

  test("owes nothing that has been paid", () => {
    const found = breaches(sources());
    const paid = OWED.filter((debt) => !found.some((breach) => breach.startsWith(debt)));
    expect(paid).toEqual([]);
  });
});

describe("the rules refuse", () => {
  test.each([
    ["core/a.ts", 'import { readFileSync } from "node:fs";', "imports node:fs"],
    ["event/a.ts", 'import type { Stats } from "node:fs";', "imports node:fs"],
    ["event/a.ts", 'import { Trace } from "../core/fold.ts";', "imports core/fold.ts"],
    ["core/detectors/a.ts", 'import { a } from "../../explain/a.ts";', "imports explain/a.ts"],
    ["explain/a.ts", 'import { b } from "../export/b.ts";', "imports export/b.ts"],
    ["export/a.ts", 'import width from "string-width";', "imports string-width"],
    ["tui/a.ts", 'export { b } from "../explain/b.ts";', "imports explain/b.ts"],
    ["tui/a.ts", 'import lodash from "lodash";', "imports lodash"],
    ["tui/a.ts", 'import x from "blessed-evil";', "imports blessed-evil"],
    ["host/a.ts", 'import { b } from "../store/b.ts";', "imports store/b.ts"],
    ["store/a.ts", 'import { b } from "../session/b.ts";', "imports session/b.ts"],
    ["bpftrace-runner/a.ts", 'import type { b } from "../event/b.ts";', "imports event/b.ts"],
    ["session/a.ts", 'import { Command } from "commander";', "imports commander"],
    ["session/a.ts", 'const b = await import("../tui/b.ts");', "imports tui/b.ts"],
    ["cli/a.ts", 'import { b } from "../store/b.ts";', "imports store/b.ts"],
    ["cli/a.ts", 'import { b } from "../../bin/b.js";', "imports ../../bin/b.js, outside of src"],
    ["core/a.ts", 'import {\n  type A,\n  b,\n} from "../tui/b.ts";', "imports tui/b.ts"],
    ["core/a.ts", "const at = Date.now();", "uses Date.now"],
    ["event/a.ts", "const at = new Date();", "uses new Date()"],
    ["tui/a.ts", "(options.exit ?? process.exit)(1);", "uses process.exit"],
    ["session/a.ts", "process.exit(0);", "uses process.exit"],
    ["store/b.ts", 'import ndjson from "ndjson";', ""],
    ["core/a.ts", "\n".repeat(MOST_LINES + 1), `has ${MOST_LINES + 1} lines`],
    ["misc/a.ts", "", "stands in no known room"],
  ])("%s: %s", (path, text, why) => {
    const found = breachOf(path, text);
    if (why === "")
      expect(found).toEqual(["ndjson is imported by 2 files: store/lines.ts store/b.ts"]);
    else expect(found).toEqual([`${path} ${why}`]);
  });

  test("a tree in which nothing reads NDJSON", () => {
    expect(breaches([{ path: "event/a.ts", text: "" }])).toEqual([
      "ndjson is imported by 0 files: ",
    ]);
  });
});

describe("the rules allow", () => {
  test.each([
    ["core/a.ts", 'import { b } from "../event/b.ts";\nimport { c } from "./c.ts";'],
    ["core/a.ts", '/** Not `import { x } from "node:fs"`. */\n// import "node:net";\n'],
    ["core/a.ts", 'const why = "the process. of Date.now";'],
    ["event/a.ts", "const day = new Date(ms).toISOString();"],
    ["tui/a.ts", 'import canvas from "blessed-contrib/lib/widget/canvas.js";'],
    ["cli/a.ts", 'process.exit(0);\nconst b = await import("../tui/b.ts");'],
    ["session/a.ts", "process.exitCode = 1;"],
    ["core/a.ts", "\n".repeat(MOST_LINES)],
  ])("%s: %s", (path, text) => {
    expect(breachOf(path, text)).toEqual([]);
  });
});
