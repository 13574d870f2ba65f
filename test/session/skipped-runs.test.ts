/** How many runs the kernel left out, from what /proc says of bpftrace's programs. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SkippedRuns } from "../../src/session/skipped-runs.ts";

/** `/proc/PID/fdinfo/N` of a loaded program as Linux 6.18 writes it. */
function program(id: number, misses: number, type = 5): string {
  return `pos:\t0
flags:\t02000002
mnt_id:\t15
ino:\t2060
prog_type:\t${type}
prog_jited:\t1
prog_tag:\t3f7fbb5e7a1c2d00
memlock:\t4096
prog_id:\t${id}
run_time_ns:\t0
run_cnt:\t0
recursion_misses:\t${misses}
verified_insns:\t120
`;
}

const FILE = "pos:\t0\nflags:\t02\nmnt_id:\t15\nino:\t1\n";

function directoryOf(texts: readonly string[]): string {
  const directory = mkdtempSync(join(tmpdir(), "lastack-fdinfo-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const [i, text] of texts.entries()) writeFileSync(join(directory, String(i)), text);
  return directory;
}

test.each<[string, readonly string[], readonly boolean[], number | null]>([
  ["all programs that count", [program(7, 2), program(8, 3)], [true, true], 5],
  ["only those that count", [program(7, 2), program(8, 3)], [true, false], 2],
  ["in the order of loading, not of descriptors", [program(9, 5), program(7, 2)], [true, false], 2],
  ["each program once, however many descriptors", [program(7, 2), program(7, 2)], [true], 2],
  ["no BEGIN and no interval", [program(1, 9, 2), program(7, 2), program(8, 4, 7)], [true], 2],
  ["programs among other descriptors", [FILE, program(7, 2), "", FILE], [true], 2],
  [
    "all of them, where the programs are not those of the script",
    [program(7, 2), program(8, 3)],
    [false],
    5,
  ],
  ["nothing, where no program is seen", [FILE], [true], null],
  [
    "nothing, where the kernel counts none",
    [program(7, 2).replace(/recursion.*\n/, "")],
    [true],
    null,
  ],
])("counts %s", (_, texts, counts, expected) => {
  expect(new SkippedRuns(directoryOf(texts), counts).read()).toBe(expected);
});

test("counts on while they grow, and looks for the programs once", () => {
  const directory = directoryOf([FILE, program(7, 2), program(8, 3)]);
  const skipped = new SkippedRuns(directory, [true, false]);
  expect(skipped.read()).toBe(2);
  writeFileSync(join(directory, "0"), program(6, 100));
  writeFileSync(join(directory, "1"), program(7, 4));
  writeFileSync(join(directory, "2"), program(8, 50));
  expect(skipped.read()).toBe(4);
  writeFileSync(join(directory, "1"), "");
  expect(skipped.read()).toBeNull();
});

test("is not known once bpftrace has gone", () => {
  expect(new SkippedRuns("/proc/0/fdinfo", [true]).read()).toBeNull();
});
