/** The list of skipped tests, from a real run of vitest over a file made for it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";

const root = new URL("../..", import.meta.url).pathname;

it("lists skipped tests under their reasons", () => {
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
    ],
    { encoding: "utf8", env: { PATH: process.env.PATH } },
  );
  expect(stdout).toBe(`
skipped, not root:
  live > one
  live > two

skipped, no reason given:
  three
`);
});
