/** A program that anybody but root could have put in place is refused. */
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findBpftrace } from "../../src/bpftrace-runner/index.ts";
import { judgeProgram, type PathStep } from "../../src/bpftrace-runner/trusted-program.ts";

const directory: PathStep = { kind: "directory", uid: 0, mode: 0o40755 };
const file: PathStep = { kind: "file", uid: 0, mode: 0o100755 };
const link = (target: string, uid = 0): PathStep => ({ kind: "link", uid, mode: 0o120777, target });

/** A good tree with some steps replaced. */
function tree(steps: Readonly<Record<string, PathStep>> = {}) {
  const good = {
    "/": directory,
    "/bin": link("usr/bin"),
    "/usr": directory,
    "/usr/bin": directory,
    "/usr/bin/bpftrace": file,
  };
  const all = new Map<string, PathStep>(Object.entries({ ...good, ...steps }));
  return (path: string) => all.get(path);
}

describe("judgeProgram", () => {
  test.each([
    ["/usr/bin/bpftrace", {}],
    ["/bin/bpftrace", {}],
    ["/usr/./bin/../bin//bpftrace", {}],
    ["/opt/bpftrace", { "/opt": directory, "/opt/bpftrace": link("/usr/bin/bpftrace") }],
    ["/opt/bpftrace", { "/opt": directory, "/opt/bpftrace": link("../usr/bin/bpftrace") }],
  ])("trusts %s", (path, steps) => {
    const verdict = judgeProgram(path, tree(steps));
    expect(verdict).toEqual({ trusted: true, path: "/usr/bin/bpftrace" });
  });

  const open = { ...directory, mode: 0o40775 };
  const tmp = { ...directory, mode: 0o41777 };
  const hijacks: Record<string, [string, Readonly<Record<string, PathStep>>, RegExp]> = {
    "relative path": ["usr/bin/bpftrace", {}, /absolute/],
    "open root": ["/usr/bin/bpftrace", { "/": open }, /^\/ is not root's/],
    "group-writable parent": ["/usr/bin/bpftrace", { "/usr": open }, /^\/usr can be written/],
    "sticky parent": ["/usr/bin/bpftrace", { "/usr/bin": tmp }, /^\/usr\/bin can be written/],
    "user's parent": [
      "/usr/bin/bpftrace",
      { "/usr/bin": { ...directory, uid: 1000 } },
      /belongs to uid 1000/,
    ],
    "user's file": [
      "/usr/bin/bpftrace",
      { "/usr/bin/bpftrace": { ...file, uid: 1000 } },
      /belongs to uid 1000/,
    ],
    "writable file": [
      "/usr/bin/bpftrace",
      { "/usr/bin/bpftrace": { ...file, mode: 0o100757 } },
      /can be written/,
    ],
    "user's link": ["/bin/bpftrace", { "/bin": link("usr/bin", 1000) }, /belongs to uid 1000/],
    "link out of an open directory": [
      "/tmp/bpftrace",
      { "/tmp": tmp, "/tmp/bpftrace": link("/usr/bin/bpftrace") },
      /^\/tmp can be written/,
    ],
    "link into an open directory": [
      "/usr/bin/bpftrace",
      { "/usr/bin/bpftrace": link("/tmp/b"), "/tmp": tmp, "/tmp/b": file },
      /^\/tmp can be written/,
    ],
    "way through an open directory and back": [
      "/usr/bin/bpftrace",
      { "/usr/bin/bpftrace": link("/tmp/../b"), "/tmp": tmp, "/b": file },
      /^\/tmp can be written/,
    ],
    loop: ["/usr/bin/bpftrace", { "/usr/bin/bpftrace": link("bpftrace") }, /loop/],
    directory: ["/usr/bin", {}, /is a directory/],
    device: ["/usr/bin/bpftrace", { "/usr/bin/bpftrace": { ...file, kind: "other" } }, /regular/],
    "file on the way": ["/usr/bin/bpftrace/x", {}, /regular/],
    "not executable": [
      "/usr/bin/bpftrace",
      { "/usr/bin/bpftrace": { ...file, mode: 0o100644 } },
      /executable/,
    ],
  };
  test.each(Object.entries(hijacks))("refuses: %s", (_, [path, steps, reason]) => {
    const verdict = judgeProgram(path, tree(steps));
    expect(verdict).toMatchObject({ trusted: false, missing: false });
    expect(verdict).toHaveProperty("reason", expect.stringMatching(reason));
  });

  test("calls missing what is not there", () => {
    expect(judgeProgram("/sbin/bpftrace", tree())).toMatchObject({ trusted: false, missing: true });
  });

  test("refuses a real link in a real temporary directory", () => {
    const made = mkdtempSync(join(tmpdir(), "hijack-"));
    const program = join(made, "bpftrace");
    symlinkSync("/bin/sh", program);
    expect(judgeProgram(program)).toMatchObject({ trusted: false, missing: false });
    rmSync(program);
    writeFileSync(program, "#!/bin/sh\n");
    chmodSync(program, 0o755);
    expect(judgeProgram(program)).toMatchObject({ trusted: false, missing: false });
    rmSync(made, { recursive: true });
  });
});

describe("findBpftrace", () => {
  const judge = (path: string) => judgeProgram(path, tree());

  test("takes the first that can be trusted", () => {
    const found = findBpftrace(["/sbin/bpftrace", "/usr", "/bin/bpftrace"], judge);
    expect(found).toEqual({ found: true, path: "/usr/bin/bpftrace" });
  });

  test("says what is missing and where it looked", () => {
    expect(findBpftrace(["/sbin/bpftrace"], judge)).toEqual({
      found: false,
      reason: "missing",
      detail: "no bpftrace in /sbin/bpftrace; install the package bpftrace",
    });
  });

  test("says why one is not trusted", () => {
    expect(findBpftrace(["/sbin/bpftrace", "/usr"], judge)).toMatchObject({
      reason: "untrusted",
      detail: expect.stringContaining("/usr is not safe to run: /usr is a directory"),
    });
  });
});
