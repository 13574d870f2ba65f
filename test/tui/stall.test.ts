// A terminal that does not read costs frames, never the program's time.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as tick } from "node:timers/promises";
import xterm from "@xterm/headless";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createFrameLoop } from "../../src/tui/frame.ts";
import { guardOutput } from "../../src/tui/term-output.ts";
import { compileProgram } from "./compile.ts";
import { type Mounted, mount, textOf } from "./harness.ts";

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

/** What the program says of itself. */
interface Notes {
  readonly pushed: number;
  readonly taken: number;
  readonly unsentBytes: number;
  readonly youngBytes: number;
}

describe.skipIf(!hasScript)(
  "a real terminal that nobody reads (needs script)",
  { timeout: 240_000 },
  () => {
    it("costs frames and no event: the dashboard goes on, recovers, and can end", async () => {
      const program = compileProgram("test/tui/fixtures/busy.ts");
      const path = join(program.directory, "notes");
      const pidFile = join(program.directory, "pid");
      const command = `stty cols 200 rows 60; echo $$ >${pidFile}; exec node ${program.script} ${path}`;
      const reader = spawn("script", ["-qfc", command, "/dev/null"], {
        stdio: ["pipe", "pipe", "inherit"],
        env: { PATH: process.env.PATH, TERM: "xterm-256color", LANG: "C.UTF-8", SHELL: "/bin/sh" },
      });
      const gone = new Promise((resolve) => reader.once("exit", resolve));
      const emulator = new xterm.Terminal({ cols: 200, rows: 60, allowProposedApi: true });
      reader.stdout.on("data", (bytes: Buffer) => emulator.write(bytes));
      const shows = (pattern: RegExp) =>
        vi.waitFor(() => expect(textOf(emulator)).toMatch(pattern), { timeout: 60_000 });
      try {
        await shows(/lastack +● LIVE[\s\S]*4 Teardowns/);
        const pid = Number(readFileSync(pidFile, "utf8"));
        const ask = async (): Promise<Notes> => {
          rmSync(path, { force: true });
          process.kill(pid, "SIGUSR2");
          await vi.waitFor(() => expect(existsSync(path)).toBe(true), { timeout: 60_000 });
          return JSON.parse(readFileSync(path, "utf8"));
        };
        reader.kill("SIGSTOP");
        const before = await ask();
        const until = before.pushed + 4000;
        const stalled = await vi.waitFor(
          async () => {
            const notes = await ask();
            expect(notes.taken).toBeGreaterThan(until);
            expect(notes.unsentBytes).toBeGreaterThan(0);
            return notes;
          },
          { timeout: 60_000, interval: 200 },
        );
        // Of all the frames meanwhile one waits, and nothing of what was handed over.
        expect(stalled.unsentBytes).toBeLessThan(200 * 60 * 40);
        // What a collection stops the program for goes with this; left alone, it is 33 MB here.
        expect(stalled.youngBytes).toBeLessThan(9e6);
        reader.kill("SIGCONT");
        reader.stdin.write("5");
        await shows(/▸ 5 Endpoints/);
        await vi.waitFor(
          async () => {
            const { pushed, taken } = await ask();
            expect(taken).toBe(pushed);
          },
          { timeout: 60_000 },
        );
        reader.kill("SIGSTOP");
        await vi.waitFor(async () => expect((await ask()).unsentBytes).toBeGreaterThan(0), {
          timeout: 60_000,
        });
        process.kill(pid, "SIGTERM");
        // Its parent is stuck in a write of its own and cannot reap it: a zombie has ended too.
        await vi.waitFor(() => expect(stateOf(pid)).toMatch(/^[ZX]?$/), { timeout: 60_000 });
        reader.kill("SIGCONT");
        await gone;
      } finally {
        reader.kill("SIGKILL");
        emulator.dispose();
        program.remove();
      }
    });
  },
);
