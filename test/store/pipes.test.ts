/** Recordings through stdin and stdout. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { FOOTER, HEADER, recordingText, transitionAt } from "../event/sample-events.ts";
import { builtStore, fixture } from "./built-store.ts";
import { scan } from "./scan.ts";
import { scratch } from "./scratch.ts";

const files = scratch();
const store = builtStore();

function writerArgs(count: number): string[] {
  const lines = [HEADER, transitionAt(0), FOOTER].map((it) => JSON.stringify(it));
  return [fixture("stdout-writer.js"), store(), ...lines, String(count)];
}

async function readFromStdin(...chunks: (string | Buffer)[]): Promise<unknown> {
  const child = spawn(process.execPath, [fixture("stdin-reader.js"), store()], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  for (const chunk of chunks) child.stdin.write(chunk);
  child.stdin.end();
  return JSON.parse(await text(child.stdout));
}

describe("stdin", () => {
  test("plain and gzipped", async () => {
    const recording = recordingText(3000);
    const read = { events: 3000, closedCleanly: true, lines: 3002 };
    expect(await readFromStdin(recording.slice(0, 700), recording.slice(700))).toEqual(read);
    expect(await readFromStdin(gzipSync(recording))).toEqual(read);
  });

  test("without a recording", async () => {
    expect(await readFromStdin("")).toEqual({
      code: "not-a-recording",
      message: "stdin is no recording: it has no line; name a file that `lastack record` wrote",
    });
  });
});

describe("stdout", () => {
  test("is a pipe: whole, in order, with a footer", async () => {
    const child = spawn(process.execPath, writerArgs(20_000), {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [out, said] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(JSON.parse(said)).toEqual({ closed: 0, isComplete: true });
    const { events, end } = scan(out);
    expect([events.length, end.closedCleanly]).toEqual([20_000, true]);
  });

  test("is a file that has content already: it is appended", async () => {
    const path = files.put("out", "before\n");
    const fd = openSync(path, "a");
    const child = spawn(process.execPath, writerArgs(1000), { stdio: ["ignore", fd, "ignore"] });
    expect(await once(child, "close")).toEqual([0, null]);
    closeSync(fd);
    const out = readFileSync(path, "utf8");
    expect(out.startsWith("before\n")).toBe(true);
    expect(scan(out.slice("before\n".length)).end).toMatchObject({
      closedCleanly: true,
      lines: 1002,
    });
  });

  test("is a pipe whose reader goes: the writer ends quietly and knows", async () => {
    const child = spawn(process.execPath, writerArgs(50_000), {
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.once("data", () => child.stdout.destroy());
    const [said, ended] = await Promise.all([text(child.stderr), once(child, "close")]);
    expect(JSON.parse(said)).toEqual({ closed: 1, isComplete: false });
    expect(ended).toEqual([0, null]);
  });

  test("is a pipe that nobody reads: the process can end all the same", async () => {
    const child = spawn(process.execPath, writerArgs(50_000), {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "readable");
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    expect(await ended).toEqual([7, null]);
    child.stdout.destroy();
  });
});
