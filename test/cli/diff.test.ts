/** \`lastack diff\`: two parts of a captured recording, and what it refuses. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import type { DiffReport } from "../../src/export/diff-report.ts";
import { builtProgram } from "./built-program.ts";
import { cutRecording, newerRecording, wholeRecording } from "./sample-recording.ts";

const program = builtProgram();
const DEMO = fileURLToPath(new URL("../recordings/demo.ndjson", import.meta.url));

async function diff(...args: string[]): Promise<DiffReport> {
  const run = await program.run(["diff", ...args, "--json"]);
  expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(run.stdout);
}

function countsOf(report: DiffReport, side: "a" | "b"): number {
  return report.teardowns[side].count;
}

describe("of a captured recording", () => {
  let early = "";
  let late = "";

  beforeAll(async () => {
    [early, late] = ["early", "late"].map((name) => join(program.directory, `${name}.ndjson`)) as [
      string,
      string,
    ];
    const parts = [
      [early, "--to", "+45s"],
      [late, "--from", "+45s"],
    ] as const;
    for (const [path, ...window] of parts) {
      const run = await program.run(["slice", DEMO, ...window, "-o", path, "-q"]);
      expect(run.code).toBe(0);
    }
  });

  test("two parts together have the teardowns of the whole, each its own", async () => {
    const parts = await diff(early, late);
    const whole = await diff(DEMO, DEMO);
    expect(countsOf(whole, "a")).toBe(countsOf(whole, "b"));
    expect(countsOf(parts, "a")).toBeGreaterThan(20);
    expect(countsOf(parts, "b")).toBeGreaterThan(20);
    expect(countsOf(parts, "a") + countsOf(parts, "b")).toBe(countsOf(whole, "a"));
    expect(parts.a.seconds).toBe(45);
    expect(parts.a.to).toBe(parts.b.from);
  });

  test("a recording does not differ from itself", async () => {
    const { teardowns, byVerdict, retransmits, phaseMs, findings, caveats } = await diff(
      DEMO,
      DEMO,
    );
    expect(caveats).toEqual([]);
    for (const each of [teardowns, ...Object.values({ ...byVerdict, ...retransmits })]) {
      expect(each.a).toEqual(each.b);
      expect(each.ratio).toBe(each.a.count === 0 ? null : 1);
    }
    for (const { a, b } of Object.values(phaseMs)) expect(a).toEqual(b);
    expect({ came: findings.came, went: findings.went }).toEqual({ came: [], went: [] });
    expect(findings.stayed.length).toBeGreaterThan(3);
  });

  test("filters and thresholds hold for both", async () => {
    const none = await diff(early, late, "--port", "1");
    expect([countsOf(none, "a"), countsOf(none, "b")]).toEqual([0, 0]);
    expect(none.findings.came).toEqual([]);
    for (const { missing } of [none.a, none.b]) {
      expect(missing[0]).toMatch(/^Only what passes --port 1 is told of: 0 of \d+ endpoints\.$/);
    }
    const few = await diff(DEMO, DEMO, "--threshold", "stuck-close-wait=3600");
    const kinds = few.findings.stayed.map(({ kind }) => kind);
    expect(kinds).not.toContain("stuck-close-wait");
    expect(kinds.length).toBeGreaterThan(0);
  });

  test("the text fits 80 columns and states what may be missing first", async () => {
    const run = await program.run(["diff", early, late]);
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: "" });
    const lines = run.stdout.trimEnd().split("\n");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines[0]).toBe("lastack diff");
    const first = lines.findIndex((line) => /^ {3}(?:Complete|Incomplete):/.test(line));
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(lines.findIndex((line) => line.startsWith("TEARDOWNS")));
  });
});

test("one of the two may be stdin", async () => {
  const file = program.file("one.ndjson", wholeRecording());
  const run = await program.run(["diff", "-", file, "--json"], { input: readFileSync(file) });
  expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(run.stdout)).toMatchObject({ a: { file: "-" }, teardowns: { ratio: 1 } });
});

test("one that was cut off is used, and said so", async () => {
  const [whole, cut] = [
    program.file("whole.ndjson", wholeRecording()),
    program.file("cut.ndjson", cutRecording()),
  ];
  const run = await program.run(["diff", whole, cut, "--json"]);
  expect(run.code).toBe(0);
  expect(run.stderr).toMatch(/^lastack: [^\n]*cut\.ndjson was not closed cleanly[^\n]*\n$/);
  expect(JSON.parse(run.stdout)).toMatchObject({ a: { complete: true }, b: { complete: false } });
});

test.each<[readonly string[], number, RegExp]>([
  [[], 2, /missing required argument 'a'/],
  [[DEMO], 2, /missing required argument 'b'/],
  [["-", "-"], 2, /stdin cannot be read twice/],
  [[DEMO, DEMO, "--port", "http"], 2, /"http" is no port/],
  [[DEMO, "/nowhere/run.ndjson"], 3, /\/nowhere\/run\.ndjson/],
  [["/nowhere/run.ndjson", DEMO], 3, /\/nowhere\/run\.ndjson/],
])("%j is refused with %i", async (args, code, says) => {
  const run = await program.run(["diff", ...args]);
  expect({ code: run.code, stdout: run.stdout }).toEqual({ code, stdout: "" });
  expect(run.stderr).toMatch(/^lastack: [^\n]+\n$/);
  expect(run.stderr).toMatch(says);
});

test("a newer schema on either side is refused with 3", async () => {
  const newer = program.file("newer.ndjson", newerRecording());
  for (const args of [
    [newer, DEMO],
    [DEMO, newer],
  ]) {
    const run = await program.run(["diff", ...args]);
    expect(run.code).toBe(3);
    expect(run.stderr).toMatch(/schema 2/);
  }
});
