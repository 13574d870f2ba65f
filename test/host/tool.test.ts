/** Which tools are trusted, and how they are run. */
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readLines } from "../../src/host/lines.ts";
import { runTool, type ToolCall } from "../../src/host/tool-output.ts";
import { distrustOf, findTool } from "../../src/host/trusted-tool.ts";

const SHELL = "/bin/sh";

function call(script: string, more: Partial<ToolCall> = {}): ToolCall {
  return { path: SHELL, args: ["-c", script], timeoutMs: 10_000, ...more };
}

async function outputOf(tool: ToolCall): Promise<string> {
  let text = "";
  for await (const chunk of runTool(tool)) text += chunk.toString();
  return text;
}

test("a system tool is found, a missing one is not", async () => {
  expect(await findTool("cat")).toMatch(/^\/usr\/bin\/cat|^\/bin\//);
  expect(await findTool("no-such-tool-of-lastack")).toBeNull();
});

test("a program in a directory that others may write is not taken, nor one linked from there", async () => {
  const directory = await mkdtemp(join(tmpdir(), "lastack-"));
  try {
    await mkdir(join(directory, "bin"));
    await writeFile(join(directory, "bin", "ss"), "#!/bin/sh\n");
    await chmod(join(directory, "bin", "ss"), 0o755);
    await symlink(join(directory, "bin", "ss"), join(directory, "link"));
    await chmod(directory, 0o777);
    expect(await distrustOf(join(directory, "bin", "ss"))).not.toBeNull();
    expect(await findTool("ss", [join(directory, "bin")])).toBeNull();
    expect(await findTool("link", [directory])).toBeNull();
  } finally {
    await rm(directory, { recursive: true });
  }
});

test("the tool gets nothing of our environment", async () => {
  process.env.LD_LASTACK = "x";
  try {
    const names = (await outputOf(call("env"))).split("\n").map((line) => line.split("=", 1)[0]);
    expect(names).toContain("LC_ALL");
    expect(names).not.toContain("LD_LASTACK");
    expect(names).not.toContain("HOME");
  } finally {
    delete process.env.LD_LASTACK;
  }
});

test("a failure names the tool, its code and its complaint", async () => {
  const failing = outputOf(call("echo some; echo no luck >&2; exit 3"));
  await expect(failing).rejects.toThrow("/bin/sh ended with exit code 3: no luck");
  expect(await outputOf(call("echo some; exit 3", { exitCodes: [0, 3] }))).toBe("some\n");
});

test("a tool that cannot be started is a failure too", async () => {
  const missing = outputOf({ ...call(""), path: "/no/such/tool" });
  await expect(missing).rejects.toThrow("/no/such/tool could not be started");
});

test("leaving early kills the tool", async () => {
  let pid = 0;
  for await (const chunk of runTool(call("echo $$; exec sleep 60"))) {
    pid = Number(chunk.toString());
    break;
  }
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});

test("lines survive any cut of the stream", async () => {
  const text = "first\nsecond\u2028still\n\nlast";
  const bytes = Buffer.from(text);
  for (let size = 1; size <= bytes.length; size += 1) {
    const lines: string[] = [];
    for await (const some of readLines(chunksOf(bytes, size))) lines.push(...some);
    expect(lines.map((line) => Buffer.from(line, "latin1").toString())).toEqual([
      "first",
      "second\u2028still",
      "",
      "last",
    ]);
  }
});

test("a line without an end is refused before it fills the memory", async () => {
  const endless = readLines(chunksOf(Buffer.alloc(1 << 20, 0x61), 4096));
  await expect(endless.next()).rejects.toThrow("a line exceeds 65536 bytes");
});

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
