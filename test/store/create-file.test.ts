/** No link and no race leads a new file elsewhere. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import { describe, expect, test } from "vitest";
import { CreateError, createFile, refuseUnfit } from "../../src/store/create-file.ts";
import { fixture } from "./built-store.ts";
import { scratch } from "./scratch.ts";

const files = scratch();

function write(path: string, options: { force?: boolean } = {}): void {
  const fd = createFile(path, { owner: null, ...options });
  writeSync(fd, "new");
  closeSync(fd);
}

function refusal(path: string, options: { force?: boolean } = {}): CreateError {
  try {
    write(path, options);
  } catch (error) {
    if (error instanceof CreateError) return error;
    throw error;
  }
  throw new Error("it was written");
}

describe("createFile", () => {
  test("makes a file that nobody else reads, whatever the umask", () => {
    const before = process.umask(0);
    try {
      write(files.path("fresh"));
    } finally {
      process.umask(before);
    }
    const { mode } = lstatSync(files.path("fresh"));
    expect([mode & 0o7777, readFileSync(files.path("fresh"), "utf8")]).toEqual([0o600, "new"]);
  });

  test("is refused beforehand where it would be, and nothing is made", () => {
    files.put("there", "old");
    mkdirSync(files.path("folder"));
    expect(() => refuseUnfit(files.path("there"))).toThrow(/it is there already; use --force$/);
    expect(() => refuseUnfit(files.path("folder"), { force: true })).toThrow(/no regular file/);
    expect(() => refuseUnfit(files.path("nowhere/x"))).toThrow(/its directory is not there/);
    refuseUnfit(files.path("there"), { force: true });
    refuseUnfit(files.path("not-yet"));
    expect(existsSync(files.path("not-yet"))).toBe(false);
    expect(readFileSync(files.path("there"), "utf8")).toBe("old");
  });

  test("makes one in the working directory", () => {
    const before = process.cwd();
    process.chdir(files.path("."));
    try {
      write("here");
    } finally {
      process.chdir(before);
    }
    expect(existsSync(files.path("here"))).toBe(true);
  });

  test("leaves an existing file alone", () => {
    const path = files.put("old", "old");
    expect(refusal(path)).toMatchObject({
      code: "exists",
      message: expect.stringMatching(/^cannot write .*old: it is there already; use --force$/),
    });
    expect(readFileSync(path, "utf8")).toBe("old");
  });

  test("with force puts a new file in place of the old one, and leaves that itself alone", () => {
    const path = files.put("forced", "old");
    linkSync(path, files.path("other-name"));
    write(path, { force: true });
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(readFileSync(files.path("other-name"), "utf8")).toBe("old");
    expect(lstatSync(path).mode & 0o7777).toBe(0o600);
    write(files.path("forced-fresh"), { force: true });
    expect(readdirSync(files.path(".")).filter((name) => name.startsWith(".lastack"))).toEqual([]);
  });

  test.each([
    ["to a file", "victim"],
    ["to nothing", "nowhere"],
  ])("follows no link %s, with or without force", (_, target) => {
    files.put("victim", "precious");
    const path = files.path(`link-to-${target}`);
    symlinkSync(files.path(target), path);
    expect(refusal(path).code).toBe("exists");
    expect(refusal(path, { force: true }).code).toBe("unsafe-path");
    expect(readFileSync(files.path("victim"), "utf8")).toBe("precious");
    expect(existsSync(files.path("nowhere"))).toBe(false);
  });

  test("follows no link in place of its directory", () => {
    mkdirSync(files.path("real"));
    symlinkSync(files.path("real"), files.path("linked"));
    for (const force of [false, true]) {
      expect(refusal(files.path("linked/file"), { force })).toMatchObject({
        code: "unsafe-path",
        message: expect.stringMatching(/is a symbolic link; give the directory's real path$/),
      });
    }
    expect(readdirSync(files.path("real"))).toEqual([]);
    write(files.path("real/file"));
  });

  test("replaces no directory and no pipe", () => {
    mkdirSync(files.path("directory"));
    execFileSync("mkfifo", [files.path("pipe")]);
    for (const name of ["directory", "pipe"]) {
      expect(refusal(files.path(name), { force: true }).code).toBe("unsafe-path");
      expect(refusal(files.path(name)).code).toBe("exists");
    }
  });

  test("leaves nothing open but the file", () => {
    const before = readdirSync("/proc/self/fd").length;
    for (let at = 0; at < 50; at++) {
      write(files.path("again"), { force: true });
      refusal(files.path("again"));
      refusal(files.path("."), { force: true });
    }
    expect(readdirSync("/proc/self/fd").length).toBe(before);
  });

  test.each(["", ".", "..", "/", "x/", "/tmp/.."])("takes no path %j", (path) => {
    expect(refusal(path).code).toBe("unsafe-path");
  });

  test("says what is wrong with the directory", () => {
    expect(refusal(files.path("none/x")).message).toMatch(
      /directory is not there; create it first$/,
    );
    expect(refusal(`${files.put("plain", "")}/x`).message).toMatch(
      /is no directory; check the path$/,
    );
    expect(refusal(files.path("n".repeat(300))).message).toMatch(/too long; choose a shorter one$/);
    expect(refusal(files.path("a\nb/x")).message).toMatch(/a\?b\/x: /);
  });
});

test("1,000 files while the directory is swapped for a link: none lands behind it", async () => {
  const directory = files.path("swapped");
  const victim = files.path("behind-the-link");
  mkdirSync(directory);
  mkdirSync(victim);
  const args = [fixture("swap-directory.js"), directory, files.path("aside"), victim];
  const swapper = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  await once(swapper.stdout, "data");
  const codes = new Map<string, number>();
  try {
    for (let at = 0; at < 1000 || codes.size < 2; at++) {
      let code = "created";
      try {
        write(`${directory}/${at}`, { force: at % 2 === 0 });
      } catch (error) {
        if (!(error instanceof CreateError)) throw error;
        code = error.code;
      }
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
  } finally {
    swapper.kill("SIGKILL");
    await once(swapper, "close");
  }
  console.log(`swapped directory: ${JSON.stringify(Object.fromEntries(codes))}`);
  expect(readdirSync(victim)).toEqual([]);
  expect(codes.get("created") ?? 0).toBeGreaterThan(0);
});
