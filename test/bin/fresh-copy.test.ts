/** A copy of the checkout as a new user has it: no npm packages, no build, and a stand-in for npm. */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";

const checkout = new URL("../..", import.meta.url).pathname;
const TAKEN = ["bin", "src", ".ci", "package.json", "package-lock.json", "tsconfig.json"];

/** An npm that makes what the real one would, at once, and says what it was asked for. */
const FAKE_NPM = `
import { mkdirSync, writeFileSync } from "node:fs";
const [verb, ...rest] = process.argv.slice(2);
console.log("npm", verb, ...rest);
if (verb === "ci") {
  mkdirSync("node_modules");
  writeFileSync("node_modules/.package-lock.json", "");
} else if (verb === "run") {
  mkdirSync("dist/bundle", { recursive: true });
  writeFileSync("dist/package.json", '{"type":"module"}');
  writeFileSync("dist/bundle/main.js", \`export async function main(args) {
    console.log("main", ...args);
    return Number(process.env.MAIN_CODE ?? 0);
  }\`);
}
`;

function makeCopy(): string {
  const root = mkdtempSync(join(tmpdir(), "lastack-copy-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const name of TAKEN) cpSync(join(checkout, name), join(root, name), { recursive: true });
  mkdirSync(join(root, "npm"));
  writeFileSync(join(root, "npm/npm-cli.js"), FAKE_NPM);
  return root;
}

function node(root: string, script: string, args: string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "bin", script), ...args],
    {
      cwd: "/",
      env: { npm_execpath: join(root, "npm/npm-cli.js"), PATH: "/nonexistent", ...env },
      encoding: "utf8",
    },
  );
  return { status, stdout, stderr: stderr.replaceAll(root, "ROOT") };
}

describe("lastack.js", () => {
  it("says in one line what to run before there is a build", () => {
    expect(node(makeCopy(), "lastack.js", ["--help"])).toEqual({
      status: 1,
      stdout: "",
      stderr:
        "lastack: ROOT is not built: run `npm run build` there (`npm ci` first on a new checkout)\n",
    });
  });

  it("hands the arguments and the exit code through", () => {
    const root = makeCopy();
    node(root, "start.js", ["--demo"]);
    expect(node(root, "lastack.js", ["report", "a b"], { MAIN_CODE: "3" })).toEqual({
      status: 3,
      stdout: "main report a b\n",
      stderr: "",
    });
  });

  it("refuses a build that is older than its sources", () => {
    const root = makeCopy();
    node(root, "start.js", ["--demo"]);
    writeFileSync(join(root, "src/newer.ts"), "");
    const { status, stderr } = node(root, "lastack.js", []);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^lastack: ROOT has sources newer than its build: run `npm run build`/);
  });

  it("turns a crash into one line, and shows where only when asked", () => {
    const root = makeCopy();
    mkdirSync(join(root, "dist/bundle"), { recursive: true });
    writeFileSync(
      join(root, "dist/bundle/main.js"),
      'export async function main() { throw new Error("boom"); }',
    );
    const brief = node(root, "lastack.js", []);
    expect([brief.status, brief.stderr]).toEqual([
      1,
      "lastack: internal error: boom: start again with -v to see where, and report it\n",
    ]);
    expect(node(root, "lastack.js", ["-v"]).stderr).toMatch(/boom\n +at .*main\.js:1/);
  });

  it("names npm where a package is missing", () => {
    const root = makeCopy();
    mkdirSync(join(root, "dist/bundle"), { recursive: true });
    writeFileSync(join(root, "dist/bundle/main.js"), 'import "no-such-package";');
    expect(node(root, "lastack.js", []).stderr).toMatch(
      /^lastack: Cannot find package 'no-such-package'[^\n]*: run `npm ci` in ROOT\n$/,
    );
  });

  it("refuses io_uring", () => {
    const { status, stderr } = node(makeCopy(), "lastack.js", [], { UV_USE_IO_URING: "1" });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^lastack: UV_USE_IO_URING is set[^\n]*\n$/);
  });
});

describe("start.js", () => {
  it("shows its help before anything is set up", () => {
    const { status, stdout, stderr } = node(makeCopy(), "start.js", ["--help"]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^Usage: sudo npm start/);
  });

  it("installs, builds and opens the recording in one go", () => {
    const root = makeCopy();
    const { status, stdout, stderr } = node(root, "start.js", ["--demo", "--no-color"]);
    expect(status).toBe(0);
    expect(stdout).toBe(`main replay ${root}/test/recordings/demo.ndjson --demo --no-color\n`);
    expect(stderr).toBe(
      `lastack: installing the npm packages
npm ci --include=dev
lastack: building
npm run --silent build
`,
    );
  });

  it("does nothing twice", () => {
    const root = makeCopy();
    node(root, "start.js", ["--demo"]);
    expect(node(root, "start.js", ["--demo"]).stderr).toBe("");
  });
});

describe(".ci/run", () => {
  let bash = 1;
  beforeAll(() => {
    bash = spawnSync("bash", ["-c", "command -v timeout tee grep"]).status ?? 1;
  });

  it.each([
    ["the count, though npm has the last word", "5 passed, 1 failed", 1, "5 passed, 1 failed"],
    ["the count of a good run", "6 passed, 0 failed", 0, "6 passed, 0 failed"],
    ["a failure where there is no count", "no such thing", 0, "0 passed, 1 failed"],
  ])("ends with %s", (_, line, npmCode, last) => {
    expect(bash).toBe(0);
    const root = makeCopy();
    const npm = join(root, "npm/npm");
    writeFileSync(
      npm,
      `#!/bin/sh\necho "$CI $1"\necho '${line}'\necho npm is done\nexit ${npmCode}\n`,
    );
    chmodSync(npm, 0o755);
    const { status, stdout } = spawnSync("bash", [join(root, ".ci/run")], {
      env: { PATH: `${join(root, "npm")}:${process.env.PATH}` },
      encoding: "utf8",
    });
    expect(stdout.split("\n")[0]).toBe("true test");
    expect(stdout.trimEnd().split("\n").at(-1)).toBe(last);
    expect(status).toBe(last.endsWith(" 0 failed") ? 0 : 1);
  });
});
