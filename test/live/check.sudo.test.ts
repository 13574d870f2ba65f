/** `lastack check` on the real kernel: a leaking server, a quiet one, and looks that are cut short. */
import { beforeAll, beforeEach, describe, expect, type TestContext, test, vi } from "vitest";
import { bpftraceOf } from "./bpftrace-of.ts";
import { Peer } from "./peer.ts";
import { type Ended, Program } from "./program.ts";
import { requireTracing, tracingRefusal } from "./requires.ts";

/** Who else traces on this host makes the kernel skip probe runs; what was seen stands even so. */
const SKIPS = ["--despite-loss"];

// A look that takes 5 s alone takes many times that beside a busy compiler.
vi.setConfig({ testTimeout: 180_000 });

beforeEach(requireTracing);

/** What a test opens is closed when it is over. */
type Scope = Pick<TestContext, "onTestFinished">;

/** A server that accepts and never closes, with so many clients that are done. */
async function leakyServer({ onTestFinished }: Scope, visits = 0): Promise<Peer> {
  const peer = await Peer.start();
  onTestFinished(() => peer.close());
  await peer.visit(visits);
  return peer;
}

async function begin({ onTestFinished }: Scope, ...args: string[]): Promise<Program> {
  const program = new Program(["check", ...args]);
  onTestFinished(() => {
    program.kill("SIGKILL");
  });
  await program.until("stderr", /^tracing/m);
  return program;
}

function expectAnswer({ code, stdout, stderr }: Ended, answer: string, expected: number): string {
  expect(stdout).toMatch(new RegExp(`^LASTACK ${answer} - [^|\\n]+ \\| '[^|\\n]+\\n$`));
  expect(code).toBe(expected);
  expect(stderr).toMatch(/^tracing [^\n]+\n$/);
  return stdout;
}

test("a server that nobody visits is OK", async (ctx) => {
  const { port } = await leakyServer(ctx);
  const look = async () =>
    (await begin(ctx, "--port", String(port), "--close-wait", "0:3", "--duration", "300ms")).ended;
  let ended = await look();
  // An incomplete look is never OK: with others tracing on this host it takes another.
  for (let more = 4; more > 0 && ended.stdout.includes("skipped by the kernel"); more--) {
    ended = await look();
  }
  const stdout = expectAnswer(ended, "OK", 0);
  expect(stdout).toContain("0 in CLOSE_WAIT");
});

// Most of a look is waiting, so these are taken side by side, within the longest of them.
describe.concurrent("a server that leaks", () => {
  let longest: Program | undefined;

  beforeAll(async () => {
    if ((await tracingRefusal()) !== undefined) return;
    const closing: (() => unknown)[] = [];
    const scope: Scope = { onTestFinished: (close) => closing.push(close as () => unknown) };
    const { port } = await leakyServer(scope, 1);
    longest = await begin(scope, "--port", String(port), ...SKIPS);
    return () => {
      for (const close of closing) close();
    };
  });

  test("during the look is CRITICAL, with its process and its count", async (ctx) => {
    const peer = await leakyServer(ctx);
    const args = ["--port", String(peer.port), "--close-wait", "0:3", "--duration", "5s"];
    const check = await begin(ctx, ...args, ...SKIPS);
    await peer.visit(5);
    const stdout = expectAnswer(await check.ended, "CRITICAL", 2);
    expect(stdout).toContain("5 in CLOSE_WAIT (CRITICAL above 3)");
    expect(stdout).toContain(`(pid ${process.pid}): 5`);
    expect(stdout).toContain(" 'close_wait'=5;0;3;0 ");
  });

  test("before a short look is UNKNOWN, where it would matter for how long", async (ctx) => {
    const { port } = await leakyServer(ctx, 2);
    const limits = ["--port", String(port), "--close-wait", "1:9", ...SKIPS];
    const check = await begin(ctx, ...limits, "--for", "1h", "--duration", "300ms");
    const unsure = expectAnswer(await check.ended, "UNKNOWN", 3);
    expect(unsure).toContain("2 more may be in CLOSE_WAIT for 3600 s");
  });

  test("before the look is found in the socket table, by its process, and a WARNING in time", async (ctx) => {
    const { port } = await leakyServer(ctx, 3);
    const args = ["--pid", String(process.pid), "--port", String(port), "--duration", "5s"];
    const check = await begin(ctx, ...args, "--close-wait", "1:9", "--for", "1s", ...SKIPS);
    const sure = expectAnswer(await check.ended, "WARNING", 1);
    expect(sure).toContain("3 in CLOSE_WAIT for 1 s (WARNING above 1)");
  });

  test("without limits is a WARNING by its finding after the default look", async () => {
    const ended = await (longest as Program).ended;
    const stdout = expectAnswer(ended, "WARNING", 1);
    expect(stdout).toContain("stuck-close-wait (WARNING):");
    expect(stdout).toMatch(/ in (1[5-9]|[2-9]\d|\d{3,}) s[ .]/);
  });
});

describe.concurrent("a look that is cut short is UNKNOWN", () => {
  test("by a signal", async (ctx) => {
    const check = await begin(ctx, "--close-wait", "1000000", "--finding", "none");
    check.kill("SIGTERM");
    expect(expectAnswer(await check.ended, "UNKNOWN", 3)).toContain("the look was interrupted");
  });

  test("by the death of bpftrace", async (ctx) => {
    const check = await begin(ctx, "--close-wait", "1000000", "--finding", "none");
    process.kill(await bpftraceOf(check), "SIGKILL");
    expect(expectAnswer(await check.ended, "UNKNOWN", 3)).toMatch(/incomplete: .*bpftrace/);
  });
});
