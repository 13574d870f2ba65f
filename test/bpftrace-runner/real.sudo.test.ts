/** The real bpftrace on this kernel: readiness, hostile names, parameters, failures, deaths. */
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  BpftraceError,
  type BpftraceMessage,
  type BpftraceOptions,
  bpftraceVersion,
  findBpftrace,
  startBpftrace,
} from "../../src/bpftrace-runner/index.ts";
import { requireTracing } from "../live/requires.ts";
import { type BuiltRunner, buildRunner } from "./built-runner.ts";
import { collect, printed } from "./fake.ts";
import { hostileNames } from "./hostile-names.ts";
import { killParent, startParent } from "./parent.ts";
import { isAlive, untilGone } from "./processes.ts";

beforeEach(requireTracing);

const begin = 'BEGIN { printf("ready %d\\n", 23); }';

async function startError(options: BpftraceOptions): Promise<BpftraceError> {
  const error: unknown = await startBpftrace(options).catch((thrown) => thrown);
  if (!(error instanceof BpftraceError)) throw new Error(`no BpftraceError but ${error}`);
  return error;
}

describe("a good run", () => {
  test("is ready, delivers END and maps, and leaves nothing", async () => {
    const program = `${begin} END { @big = 9223372036854775807; @n["a"] = 23; printf("bye\\n"); }`;
    const run = await startBpftrace({ program });
    expect(run.ready).toBe("ready 23\n");
    expect(readFileSync(`/proc/${run.pid}/comm`, "utf8")).toBe("bpftrace\n");
    expect(readFileSync(`/proc/${run.pid}/environ`, "utf8").split("\0").sort()).toEqual([
      "",
      "LANG=C",
      "MALLOC_ARENA_MAX=1",
      "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
      expect.stringMatching(/^TMPDIR=\/tmp\/bpftrace-runner-/),
    ]);
    expect(await run.stop()).toMatchObject({ exitCode: 0, stopSignal: "SIGINT" });
    const messages = await collect(run);
    expect(messages[0]).toEqual({ type: "attached_probes", probes: 2 });
    expect(printed(messages)).toEqual(["bye\n"]);
    expect(messages).toContainEqual({ type: "map", data: { "@big": "9223372036854775807" } });
    expect(messages).toContainEqual({ type: "map", data: { "@n": { a: 23 } } });
    expect(run.stats).toMatchObject({ lines: 5, unparsed: 0 });
    expect(isAlive(run.pid)).toBe(false);
  });

  test("takes parameters as values, whatever they look like", async () => {
    const program =
      'BEGIN { printf("ready\\n"); printf("%d|%s|%s", $1, str($2), str($3)); exit(); }';
    const run = await startBpftrace({ program, parameters: [443, "--unsafe", "-otrap"] });
    expect(printed(await collect(run))).toEqual(["443|--unsafe|-otrap"]);
    expect(await run.ended).toMatchObject({ exitCode: 0, isRequested: false });
  });

  test("takes a script longer than an argument may be", async () => {
    const program = `${begin} ${"// a long story\n".repeat(20_000)}`;
    expect(program.length).toBeGreaterThan(128 * 1024);
    const run = await startBpftrace({ program });
    await run.stop();
  });

  test("has a version", async () => {
    const search = findBpftrace();
    if (!search.found) throw new Error(search.detail);
    const version = await bpftraceVersion(search.path);
    expect([version.major, version.minor].join(".")).toMatch(/^\d+\.\d+$/);
    expect(version.text).toMatch(/^\d+\.\d+/);
  });
});

describe("hostile process names", () => {
  const own = readFileSync("/proc/self/comm");
  afterEach(() => writeFileSync("/proc/self/comm", own.subarray(0, -1)));

  test("each makes one event, and its bytes come back", async () => {
    const program = `${begin} tracepoint:task:task_rename { printf("%s", args->newcomm); }`;
    const run = await startBpftrace({ program, env: { BPFTRACE_PERF_RB_PAGES: "256" } });
    const names = hostileNames(2000);
    const seen: string[] = [];
    const all: BpftraceMessage[] = [];
    const last = "~the last one~~";
    for (const name of names) writeFileSync("/proc/self/comm", name);
    writeFileSync("/proc/self/comm", last);
    for await (const batch of run) {
      all.push(...batch);
      seen.push(...printed(batch).filter((text) => text.startsWith("~")));
      if (seen.length > names.length) break;
    }
    const wanted = [...names.map((name) => name.toString("utf8")), last];
    expect(seen.sort()).toEqual(wanted.sort());
    expect(all.filter(({ type }) => type === "other" || type === "map")).toEqual([]);
    expect(run.stats).toMatchObject({ unparsed: 0, overlong: 0 });
  });
});

describe("a start that fails", () => {
  test("for a probe that does not exist", async () => {
    const error = await startError({ program: `${begin} tracepoint:nope:nope { }` });
    expect(error).toMatchObject({ phase: "compile", exitCode: 1 });
    expect(error.message).toContain("nope");
    expect(error.message).toContain("; use a probe that this kernel has");
  });

  test("for a syntax error", async () => {
    const error = await startError({ program: `${begin} END { oops( }` });
    expect(error).toMatchObject({ phase: "compile", exitCode: 1 });
    expect(error.message).toContain("syntax error");
  });

  test("for a probe that the kernel does not let attach", async () => {
    const program = `${begin} kprobe:lastack_no_such_function { }`;
    const error = await startError({ program });
    // 0.17 and 0.23 fail when they attach it, 0.27 already refuses the script.
    expect(["compile", "attach"]).toContain(error.phase);
    expect(error.message).toContain("lastack_no_such_function");
  });

  test("for a user who is not root", async () => {
    process.seteuid?.(65534);
    try {
      const error = await startError({ program: begin });
      expect(error.message).toContain("run it as root");
    } finally {
      process.seteuid?.(0);
    }
  });
});

describe("a death", () => {
  test("of bpftrace by SIGKILL is an error of the loop", async () => {
    const run = await startBpftrace({ program: begin });
    process.kill(run.pid, "SIGKILL");
    await expect(collect(run)).rejects.toMatchObject({ phase: "running", signal: "SIGKILL" });
  });

  test("of a halted bpftrace takes the whole ladder", async () => {
    const run = await startBpftrace({ program: begin, stopLadderMs: [100, 100] });
    process.kill(run.pid, "SIGSTOP");
    expect(await run.stop()).toMatchObject({ stopSignal: "SIGKILL", signal: "SIGKILL" });
  });
});

describe("a parent that is killed", () => {
  let built: BuiltRunner;
  beforeAll(async () => {
    built = await buildRunner();
  });
  afterAll(() => built.remove());

  test.each(["SIGKILL", "SIGTERM"] as const)("by %s leaves no bpftrace", async (signal) => {
    const parent = await startParent(built.entry);
    expect(parent.diesWithParent).toBe(true);
    expect(isAlive(parent.pid)).toBe(true);
    await killParent(parent, signal);
    await untilGone(parent.pid);
  });
});
