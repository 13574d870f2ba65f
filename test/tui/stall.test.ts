// A terminal that does not read costs frames, never the program's time.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as tick } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createFrameLoop } from "../../src/tui/frame.ts";
import { guardOutput } from "../../src/tui/term-output.ts";
import { compileProgram } from "./compile.ts";
import { type Mounted, mount } from "./harness.ts";

let mounted: Mounted | null = null;

afterEach(() => {
  mounted?.close();
  mounted = null;
});

describe("a stalled terminal", () => {
  it("gets no frame until it has read the last one, then the newest", async () => {
    const screen = mount(80, 24);
    mounted = screen;
    let n = 0;
    const loop = createFrameLoop({
      terminal: screen.terminal,
      fps: 30,
      snapshot: () => ({ n }),
      paint: (painter, state) =>
        painter.fill({ x: 0, y: 0, width: 80, height: 24 }, String(state.n % 10)),
    });
    await screen.settle();
    expect(screen.terminal.isBehind()).toBe(false);
    screen.stall();
    loop.start();
    await vi.waitFor(() => expect(loop.stats.drawn).toBe(1));
    expect(screen.terminal.isBehind()).toBe(true);
    n = 7;
    await vi.waitFor(() => expect(loop.stats.skippedBehind).toBeGreaterThanOrEqual(5));
    expect(loop.stats.drawn).toBe(1);
    await screen.unstall();
    await vi.waitFor(() => expect(screen.text()).toContain("777"));
    loop.stop();
    expect(screen.text().replace(/[7\n]/g, "")).toBe("");
  });

  it("is waited for at most so long", async () => {
    const screen = mount(80, 24);
    mounted = screen;
    screen.stall();
    screen.terminal.draw((painter) => painter.text(0, 0, "x"));
    expect(await screen.terminal.settle(20)).toBe(false);
    const settled = screen.terminal.settle(10_000);
    await screen.unstall();
    expect(await settled).toBe(true);
  });
});

describe("guardOutput", () => {
  it("switches blocking where the runtime can, and does without where it cannot", async () => {
    const screen = mount(10, 2);
    mounted = screen;
    const calls: boolean[] = [];
    const setBlocking = (blocking: boolean) => calls.push(blocking);
    const guarded = guardOutput(Object.assign(screen.output, { _handle: { setBlocking } }));
    guarded.setBlocking(false);
    guarded.setBlocking(true);
    expect(calls).toEqual([false, true]);
    Object.assign(screen.output, { _handle: null });
    guarded.setBlocking(false);
    Object.assign(screen.output, {
      _handle: {
        setBlocking() {
          throw new Error("EBADF");
        },
      },
    });
    guarded.setBlocking(false);
    await tick();
  });
});

/** The state letter of a process, empty when there is none. */
function stateOf(pid: number): string {
  try {
    return /\) (.)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1] ?? "";
  } catch {
    return "";
  }
}

const hasScript = spawnSync("script", ["--version"]).status === 0;

describe.skipIf(!hasScript)(
  "a real terminal that nobody reads (needs script)",
  { timeout: 30_000 },
  () => {
    it("does not stop the program: frames are dropped, timers run on, it can end", async () => {
      const program = compileProgram("test/tui/fixtures/dashboard.ts");
      const directory = mkdtempSync(join(program.directory, "run-"));
      const command = `stty cols 200 rows 60; exec node ${program.script} ${directory} flood`;
      const reader = spawn("script", ["-qfc", command, "/dev/null"], {
        stdio: ["pipe", "pipe", "inherit"],
        env: { PATH: process.env.PATH, TERM: "xterm-256color", LANG: "C.UTF-8", SHELL: "/bin/sh" },
      });
      const gone = new Promise((resolve) => reader.once("exit", resolve));
      try {
        const pidFile = join(directory, "pid");
        await vi.waitFor(() => expect(existsSync(pidFile)).toBe(true), { timeout: 15_000 });
        reader.stdout.pause();
        const pid = Number(readFileSync(pidFile, "utf8"));
        const drops = async () => {
          process.kill(pid, "SIGUSR2");
          await tick();
          return Number(readFileSync(join(directory, "drops"), "utf8"));
        };
        await vi.waitFor(async () => expect(await drops()).toBeGreaterThan(60), {
          timeout: 15_000,
        });
        process.kill(pid, "SIGTERM");
        // Its parent is stuck in a write of its own and cannot reap it: a zombie has ended too.
        await vi.waitFor(() => expect(stateOf(pid)).toMatch(/^[ZX]?$/), { timeout: 10_000 });
        const notes = readFileSync(join(directory, "notes"), "utf8");
        const stats = JSON.parse(/stats (.*)/.exec(notes)?.[1] ?? "{}");
        expect(notes).toContain("flushed");
        expect(stats.skippedBehind).toBeGreaterThan(60);
        expect(stats.ticks).toBeGreaterThan(60);
        reader.stdout.resume();
        await gone;
      } finally {
        reader.kill("SIGKILL");
        program.remove();
      }
    });
  },
);
