/** What the launcher says where the program cannot be loaded or cannot go on. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { launch } from "../../bin/setup/launch.js";
import { makeCheckout } from "./pretend-host.ts";

const FEW = /no more files may be opened here .*allow 1024/;

it.each([
  ["EMFILE", ["report", "a"], 1, FEW, /^$/],
  ["EMFILE", ["check"], 3, FEW, /^LASTACK UNKNOWN - no more files may be opened here [^\n|]+\n$/],
  ["ENFILE", ["record"], 1, /raise the sysctl fs\.file-max/, /^$/],
  ["EODD", ["record"], 1, /internal error: EODD.*-v/, /^$/],
  ["EODD", ["check"], 3, /internal error: EODD/, /^LASTACK UNKNOWN - internal error: EODD/],
] as const)("%s of %j", async (code, args, exitCode, complaint, answer) => {
  const root = makeCheckout();
  const error = `Object.assign(new Error("${code}: as open() says"), { code: "${code}" })`;
  writeFileSync(
    join(root, "dist/bundle/main.js"),
    `export const main = async () => { throw ${error}; };`,
  );
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      said[name] += text;
      return true;
    });
  }
  try {
    expect(await launch(args, root)).toBe(exitCode);
  } finally {
    vi.restoreAllMocks();
  }
  expect(said.stderr).toMatch(/^lastack: [^\n]+\n$/);
  expect(said.stderr).toMatch(complaint);
  expect(said.stdout).toMatch(answer);
});
