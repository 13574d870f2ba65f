/** A run becomes ready, hands out everything in order, and starts its program in a clean room. */
import { existsSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type BpftraceMessage, startBpftrace } from "../../src/bpftrace-runner/index.ts";
import { collect, fakeOptions, fakePath, printed } from "./fake.ts";

describe("a run that goes well", () => {
  test("keeps the ready line to itself and delivers all else, END and maps included", async () => {
    const run = await startBpftrace(fakeOptions("traces"));
    expect(run.ready).toBe("ready 7\n");
    expect(await collect(run, "event 3\n")).toEqual([
      { type: "attached_probes", probes: 2 },
      { type: "printf", data: "event 1\n" },
      { type: "printf", data: "event 2\n" },
      { type: "printf", data: "event 3\n" },
      { type: "printf", data: "bye\n" },
      { type: "map", data: { "@events": { in: 3 } } },
    ]);
    const { stderrTail, ...end } = await run.ended;
    expect(end).toEqual({ exitCode: 0, signal: null, isRequested: true, stopSignal: "SIGINT" });
    expect(stderrTail).toMatch(/^ERROR: .*RLIMIT_MEMLOCK.*\n$/);
  });

  test("serves a listener as it does a loop, and ends after the last batch", async () => {
    const run = await startBpftrace(fakeOptions("traces"));
    const seen: BpftraceMessage[] = [];
    run.onMessages((batch) => {
      seen.push(...batch);
      if (printed(batch).includes("event 3\n")) void run.stop();
    });
    await run.ended;
    expect(printed(seen)).toEqual(["event 1\n", "event 2\n", "event 3\n", "bye\n"]);
    expect(seen.at(-1)).toEqual({ type: "map", data: { "@events": { in: 3 } } });
  });

  test("has one consumer", async () => {
    const run = await startBpftrace(fakeOptions("traces"));
    run.onMessages(() => {});
    expect(() => run.onMessages(() => {})).toThrow("have a consumer already");
    await expect(collect(run)).rejects.toThrow("have a consumer already");
    await run.stop();
  });

  test("ends without an error when the script exits", async () => {
    const run = await startBpftrace(fakeOptions("exits-when-done"));
    expect(printed(await collect(run))).toEqual(["done\n"]);
    expect(await run.ended).toMatchObject({ exitCode: 0, isRequested: false, stopSignal: null });
  });

  test("stops bpftrace when the loop is left", async () => {
    const run = await startBpftrace(fakeOptions("traces"));
    for await (const batch of run) if (batch.length > 0) break;
    expect(await run.ended).toMatchObject({ isRequested: true, exitCode: 0 });
  });

  test("takes another ready line, and only as a whole word", async () => {
    const other = startBpftrace(fakeOptions("traces", { readyLine: "rea", readyTimeoutMs: 300 }));
    await expect(other).rejects.toMatchObject({ phase: "ready" });
  });
});

describe("what the stream may bring", () => {
  test("garbage is counted, and what is good is kept", async () => {
    const run = await startBpftrace(fakeOptions("garbage-lines"));
    expect((await collect(run)).slice(1)).toEqual([
      { type: "printf", data: "first\n" },
      { type: "printf", data: "crlf" },
      { type: "lost_events", count: 5 },
      { type: "lost_events", count: 7 },
      { type: "other", kind: "helper_error", data: { msg: "bad", retcode: -1 } },
      { type: "printf", data: "last" },
    ]);
    expect(run.stats).toMatchObject({ lines: 20, unparsed: 12, overlong: 0, lostReported: 12 });
  });

  test("an endless line is skipped and counted", async () => {
    const run = await startBpftrace(fakeOptions("huge-line"));
    expect(printed(await collect(run))).toEqual(["before\n", "after\n"]);
    expect(run.stats).toMatchObject({ overlong: 1, unparsed: 0, lines: 4 });
    expect(run.stats.bytes).toBeGreaterThan(8 * 1024 * 1024);
  });

  test("single bytes make whole lines and whole letters", async () => {
    const run = await startBpftrace(fakeOptions("split-chunks"));
    expect(printed(await collect(run))).toEqual(["žluťoučký 🐎 kůň\u2028\n", "two\nlines\n"]);
  });

  test("a flood comes complete and in order", async () => {
    const many = 200_000;
    const run = await startBpftrace(fakeOptions("floods", { parameters: [many] }));
    let next = 0;
    let batches = 0;
    for await (const batch of run) {
      batches += 1;
      for (const text of printed(batch)) {
        if (!text.startsWith(`event ${next} `)) throw new Error(`${text} instead of ${next}`);
        next += 1;
      }
    }
    expect(next).toBe(many);
    expect(run.stats).toMatchObject({ lines: many + 2, unparsed: 0, overlong: 0 });
    expect(batches).toBeLessThan(many / 50);
  });

  test("a consumer that takes nothing costs no more than the limit", async () => {
    const maxQueuedBytes = 1024 * 1024;
    const run = await startBpftrace(fakeOptions("floods", { maxQueuedBytes }));
    while (run.stats.bytes < maxQueuedBytes / 2) await turn();
    // Without the limit, the flood would fill many times as much meanwhile.
    for (let turns = 0; turns < 5000; turns += 1) await turn();
    const held = run.stats.bytes;
    expect(held).toBeLessThan(maxQueuedBytes + 512 * 1024);
    for await (const batch of run) if (batch.length > 0 && run.stats.bytes > 2 * held) break;
    expect(run.stats.unparsed).toBe(0);
  });

  test("what a full queue left in the pipe is there after the end", async () => {
    const options = { parameters: [1000], maxQueuedBytes: 1000 };
    const run = await startBpftrace(fakeOptions("floods", options));
    expect(await run.ended).toMatchObject({ exitCode: 0, isRequested: false });
    expect(printed(await collect(run))).toHaveLength(1000);
  });
});

describe("how bpftrace is started", () => {
  async function tellAll(options: Parameters<typeof fakeOptions>[1]) {
    const run = await startBpftrace(fakeOptions("tells-all", options));
    for await (const batch of run) {
      for (const message of batch) {
        if (message.type === "other") return message.data as Record<string, unknown>;
      }
    }
    throw new Error("it told nothing");
  }

  test("with the script on stdin and parameters where they cannot be options", async () => {
    const program = `BEGIN { printf("ready\\n"); } // ${"long ".repeat(60_000)}`;
    const parameters = [443, "--unsafe", "-ofile", "::1"];
    const told = await tellAll({ program, parameters, maxLineBytes: 1024 * 1024 });
    expect(told).toMatchObject({ program, cwd: "/" });
    expect(told.args).toEqual(["-f", "json", "--", "-", "443", "--unsafe", "-ofile", "::1"]);
  });

  test("with an environment of its own and a private directory that does not stay", async () => {
    process.env.BPFTRACE_LEAK = "1";
    const told = await tellAll({ env: { BPFTRACE_PERF_RB_PAGES: "64" } });
    delete process.env.BPFTRACE_LEAK;
    const { PWD: _, TMPDIR, ...env } = told.env as Record<string, string>;
    expect(env).toEqual({
      PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
      LANG: "C",
      MALLOC_ARENA_MAX: "1",
      BPFTRACE_PERF_RB_PAGES: "64",
    });
    expect(told.tmpdir).toEqual({ mode: "700", uid: process.getuid?.(), files: [] });
    expect(existsSync(TMPDIR ?? "/")).toBe(false);
  });

  test("not at all with what might be more than a value", async () => {
    const bad: Parameters<typeof fakeOptions>[1][] = [
      { parameters: [""] },
      { parameters: ["a b"] },
      { parameters: ["a\nb"] },
      { parameters: ["$(id)"] },
      { parameters: ["a;b"] },
      { parameters: ["10.0.0.0/8"] },
      { env: { LD_PRELOAD: "/tmp/x.so" } },
      { env: { PATH: "/tmp" } },
      { env: { "BPFTRACE_X=Y": "1" } },
      { env: { BPFTRACE_X: "a\0b" } },
      { program: " \n" },
      { readyLine: "two words" },
    ];
    for (const options of bad) {
      await expect(startBpftrace(fakeOptions("traces", options))).rejects.toMatchObject({
        name: "BpftraceError",
        phase: "spawn",
        message: expect.stringMatching(/^refused /),
      });
    }
  });

  test("not from a place that others can write to", async () => {
    const options = { program: "BEGIN { }", bpftrace: fakePath("traces") };
    await expect(startBpftrace(options)).rejects.toMatchObject({
      phase: "find",
      message: expect.stringContaining("is not safe to run: "),
    });
  });
});
