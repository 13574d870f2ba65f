/** However bpftrace ends, there is one typed error or none, one line long, and no process is left. */
import { describe, expect, test } from "vitest";
import { BpftraceError, type BpftraceRun, startBpftrace } from "../../src/bpftrace-runner/index.ts";
import { collect, fakeOptions, printed } from "./fake.ts";
import { isAlive, untilGone } from "./processes.ts";

async function startError(...args: Parameters<typeof fakeOptions>): Promise<BpftraceError> {
  const error: unknown = await startBpftrace(fakeOptions(...args)).catch((thrown) => thrown);
  if (!(error instanceof BpftraceError)) throw new Error(`no BpftraceError but ${error}`);
  expect(error.message).toMatch(/^[^\p{Cc}]+; [^\p{Cc}]+$/u);
  return error;
}

/** What the loop throws, behind what it gave before. */
async function death(run: BpftraceRun): Promise<{ texts: string[]; error: unknown }> {
  const texts: string[] = [];
  try {
    for await (const batch of run) texts.push(...printed(batch));
  } catch (error) {
    return { texts, error };
  }
  return { texts, error: undefined };
}

describe("a start that fails", () => {
  test.each([
    ["probe", /: tracepoint not found: nope:nope; use a probe that this kernel has/],
    ["root", /: bpftrace currently only supports running as the root user; run it as root/],
    ["btf", /: Unknown struct\/union: 'struct tcp_sock'; use a kernel with type information/],
    ["syntax", /: syntax error, unexpected }; correct the script/],
    ["escape", /: \[2J odd name; the end of its stderr says more/],
    ["silent", /\(exit code 1\); the end of its stderr says more/],
  ])("at compiling: %s", async (parameter, message) => {
    const error = await startError("dies-at-start", { parameters: [parameter] });
    expect(error).toMatchObject({ phase: "compile", exitCode: 1, signal: null });
    expect(error.message).toMatch(message);
    expect(error.stderrTail).toContain("RLIMIT_MEMLOCK");
  });

  test("at attaching", async () => {
    const error = await startError("fails-to-attach");
    expect(error).toMatchObject({ phase: "attach", exitCode: 255 });
    expect(error.message).toContain("Error attaching probe: 'kprobe:tcp_close'; use a probe");
  });

  test("by a crash", async () => {
    const error = await startError("crashes");
    expect(error).toMatchObject({ phase: "compile", exitCode: null, signal: "SIGSEGV" });
    expect(error.message).toContain("(killed by SIGSEGV); see that /sys/kernel/btf/vmlinux");
  });

  test("by ending before it was ready", async () => {
    expect(await startError("exits-early")).toMatchObject({ phase: "ready", exitCode: 0 });
  });

  test.each([
    ["never-compiles", "still compiling its script; "],
    ["never-attaches", "still attaching its probes: this takes its time; "],
  ])("by silence: %s", async (name, message) => {
    const error = await startError(name, { readyTimeoutMs: 400 });
    expect(error).toMatchObject({ phase: "ready" });
    expect(error.message).toContain(message);
  });

  test("by a flood without the ready line, in bounded memory", async () => {
    const options = { readyTimeoutMs: 500, maxQueuedBytes: 100_000, stopLadderMs: [100, 100] };
    const error = await startError("floods-unready", options as { readyTimeoutMs: number });
    expect(error.phase).toBe("ready");
  });

  test("because the program does not exist", async () => {
    const error = await startError("traces", { bpftrace: "/nonexistent/bpftrace" });
    expect(error.phase).toBe("spawn");
  });

  test("because it was aborted before", async () => {
    const error = await startError("traces", { signal: AbortSignal.abort("changed my mind") });
    expect(error).toMatchObject({ phase: "spawn", cause: "changed my mind" });
  });

  test("because it was aborted at once", async () => {
    const abort = new AbortController();
    const start = startError("never-attaches", { signal: abort.signal });
    abort.abort("changed my mind");
    expect(await start).toMatchObject({ phase: "ready", cause: "changed my mind" });
  });

  test("because it was aborted meanwhile", async () => {
    const abort = new AbortController();
    const onStderrLine = () => abort.abort("changed my mind");
    const error = await startError("never-attaches", { signal: abort.signal, onStderrLine });
    expect(error).toMatchObject({ phase: "ready", signal: "SIGINT", cause: "changed my mind" });
  });
});

describe("a run that dies", () => {
  test("gives what it had, then throws", async () => {
    const run = await startBpftrace(fakeOptions("dies-midway"));
    const { texts, error } = await death(run);
    expect(texts).toEqual(["event 1\n", "event 2\n"]);
    expect(error).toMatchObject({ name: "BpftraceError", phase: "running", exitCode: 255 });
    expect(String(error)).toContain(
      "bpftrace died while tracing (exit code 255): Failed to poll the perf buffer; ",
    );
    expect(await run.ended).toMatchObject({ isRequested: false, exitCode: 255, error });
  });

  test("of a signal names it", async () => {
    const run = await startBpftrace(fakeOptions("traces"));
    process.kill(run.pid, "SIGKILL");
    const { error } = await death(run);
    expect(error).toMatchObject({ phase: "running", exitCode: null, signal: "SIGKILL" });
    expect(String(error)).toContain("look in dmesg");
  });

  test("does not wait for a child that holds its pipe", async () => {
    const run = await startBpftrace(fakeOptions("leaves-pipe-open"));
    const [child] = printed(await collect(run));
    expect(await run.ended).toMatchObject({ exitCode: 0 });
    process.kill(Number(child), "SIGKILL");
    await untilGone(Number(child));
  });
});

describe("stop", () => {
  test("is the same however often it is called, also after the end", async () => {
    const run = await startBpftrace(fakeOptions("traces"));
    const ends = await Promise.all([run.stop(), run.stop(), run.ended]);
    expect(new Set([...ends, await run.stop()]).size).toBe(1);
    expect(isAlive(run.pid)).toBe(false);
  });

  test("after a death by itself does not make that requested", async () => {
    const run = await startBpftrace(fakeOptions("dies-midway"));
    await run.ended;
    expect(await run.stop()).toMatchObject({ isRequested: false, stopSignal: null });
  });

  test("climbs to SIGTERM", async () => {
    const run = await startBpftrace(fakeOptions("heeds-sigterm", { stopLadderMs: [100, 5000] }));
    const [messages, end] = await Promise.all([collect(run), run.stop()]);
    expect(printed(messages)).toEqual(["bye\n"]);
    expect(end).toMatchObject({ exitCode: 0, stopSignal: "SIGTERM" });
    expect(end.error).toBeUndefined();
  });

  test("climbs to SIGKILL, and delivers what was said on the way", async () => {
    const run = await startBpftrace(fakeOptions("ignores-sigint", { stopLadderMs: [300, 300] }));
    const [messages, end] = await Promise.all([collect(run), run.stop()]);
    expect(printed(messages)).toEqual(["ignored SIGINT\n", "ignored SIGTERM\n"]);
    expect(end).toMatchObject({ exitCode: null, signal: "SIGKILL", stopSignal: "SIGKILL" });
    expect(isAlive(run.pid)).toBe(false);
  });

  test("ends even a process that was halted", async () => {
    const run = await startBpftrace(fakeOptions("traces", { stopLadderMs: [50, 50] }));
    process.kill(run.pid, "SIGSTOP");
    expect(await run.stop()).toMatchObject({ stopSignal: "SIGKILL", isRequested: true });
  });

  test("reads the end of a run whose queue is full and whose consumer sleeps", async () => {
    const options = fakeOptions("traces", { parameters: [2000], maxQueuedBytes: 1000 });
    const run = await startBpftrace(options);
    expect(await run.stop()).toMatchObject({ exitCode: 0, stopSignal: "SIGINT" });
    const messages = await collect(run);
    expect(messages.at(-1)).toMatchObject({ type: "map" });
    expect(printed(messages)).toHaveLength(2001);
  });

  test("comes with an abort", async () => {
    const abort = new AbortController();
    const run = await startBpftrace(fakeOptions("traces", { signal: abort.signal }));
    abort.abort();
    expect(await run.ended).toMatchObject({ isRequested: true, exitCode: 0 });
  });
});

describe("stderr", () => {
  test("goes to the callback line by line and to nobody else", async () => {
    const lines: string[] = [];
    const onStderrLine = (line: string) => lines.push(line);
    const parameters = ["probe"];
    await startError("dies-at-start", { parameters, onStderrLine });
    expect(lines).toHaveLength(4);
    expect(lines[1]).toBe("stdin:1:1-21: ERROR: tracepoint not found: nope:nope");
  });
});
