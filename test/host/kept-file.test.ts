/** What a file of /proc says, read again and again through one descriptor. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { KeptFile, ParsedFile, readSmallFile } from "../../src/host/kept-file.ts";

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "lastack-kept-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return join(directory, "file");
}

test("each reading is what the file says then, shorter ones too", () => {
  const path = scratch();
  const file = new KeptFile(path);
  onTestFinished(() => file.close());
  expect(file.read()).toBeNull();
  for (const text of ["one and more\n", "two\n", "", "x".repeat(50_000), "üñ\n"]) {
    writeFileSync(path, text);
    expect(file.read()).toBe(text);
    expect(readSmallFile(path)).toBe(text);
  }
});

test("the kernel makes its text anew for each reading", () => {
  const file = new KeptFile("/proc/self/io");
  onTestFinished(() => file.close());
  const read = () => Number(/^syscr: (\d+)$/m.exec(file.read() ?? "")?.[1]);
  const before = read();
  expect(read()).toBeGreaterThan(before);
});

test("of a process that has ended nothing can be read, and nothing of its successor", async () => {
  const child = spawn(process.execPath, ["-e", "console.log(1); process.stdin.resume()"]);
  await once(child.stdout, "data");
  const file = new KeptFile(`/proc/${child.pid}/fdinfo/0`);
  expect(file.read()).toContain("flags:");
  child.stdin.end();
  await once(child, "close");
  expect(file.read()).toBeNull();
});

test("what it says is parsed once while it says the same, and anew when it does not", () => {
  const path = scratch();
  let parsed = 0;
  const file = new ParsedFile(path, (text) => {
    parsed++;
    return [text];
  });
  onTestFinished(() => file.close());
  expect(file.read()).toBeNull();
  writeFileSync(path, "one\n");
  const first = file.read();
  expect(first).toEqual(["one\n"]);
  expect(file.read()).toBe(first);
  for (const text of ["two\n", "", "one\n"]) {
    writeFileSync(path, text);
    expect(file.read()).toEqual([text]);
    expect(file.read()).toEqual([text]);
  }
  expect(parsed).toBe(4);
});
