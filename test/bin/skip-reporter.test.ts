/** The list of skipped tests, from a real run of vitest over a file made for it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";

const root = new URL("../..", import.meta.url).pathname;

/** Run vitest over one passing and three skipped tests, and return what the reporter printed. */
function report(...args: string[]): string {
  const directory = mkdtempSync(join(tmpdir(), "lastack-skips-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(
    join(directory, "a.test.js"),
    `test("runs", () => {});
     describe("live", () => {
       test("one", (context) => context.skip("not root"));
       test("two", (context) => context.skip("not root"));
     });
     test.skip("three", () => {});`,
  );
  const { stdout } = spawnSync(
    process.execPath,
    [
      join(root, "node_modules/.bin/vitest"),
      "run",
      "--globals",
      `--root=${directory}`,
      `--reporter=${join(root, "bin/setup/skip-reporter.js")}`,
      ...args,
    ],
    { encoding: "utf8", env: { PATH: process.env.PATH } },
  );
  return stdout;
}

it("lists skipped tests under their reasons", () => {
  expect(report()).toBe(`
skipped, not root:
  live > one
  live > two

skipped, no reason given:
  three
`);
});

it("leaves out what a name pattern left out", () => {
  expect(report("-t", "one")).toBe("\nskipped, not root:\n  live > one\n");
});
