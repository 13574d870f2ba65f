// The dashboard in a real terminal: however it is left, the terminal is whole again.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type CompiledProgram, compileProgram } from "./compile.ts";
import { DEMO } from "./dashboard.ts";
import { hasTmux, openShell, type TmuxShell } from "./tmux.ts";

const WHOLE = { alternate: false, cursor: true, mouse: false };

describe.skipIf(!hasTmux)("the dashboard (needs tmux and bash)", { timeout: 30_000 }, () => {
  let program: CompiledProgram;
  let shell: TmuxShell;
  let directory: string;
  beforeAll(() => {
    program = compileProgram("test/tui/fixtures/replay.ts");
  }, 60_000);
  afterAll(() => program.remove());
  afterEach(() => {
    shell.close();
    rmSync(directory, { recursive: true });
  });

  async function start(cols: number, rows: number, ...modes: string[]) {
    directory = mkdtempSync(join(tmpdir(), "lastack-app-"));
    shell = await openShell(cols, rows);
    const words = [process.execPath, program.script, DEMO, join(directory, "notes"), ...modes];
    shell.run(`${words.join(" ")}; echo "code=$?"`);
    await shell.until(/end of recording|tracing has ended/);
  }
  const notes = () => readFileSync(join(directory, "notes"), "utf8");

  it("shows the recording to its end, stays, and leaves with q", async () => {
    await start(80, 24);
    expect(shell.screen()).toMatch(
      /ENDED {3}▲ \d+ WARNINGS {3}recorded on[\s\S]*CLOSE_WAIT[\s\S]*4 Teardowns/,
    );
    expect(shell.modes().alternate).toBe(true);
    shell.keys("q");
    await shell.until(/^code=0$/m);
    expect(shell.modes()).toEqual(WHOLE);
    expect(notes()).toBe("begin\nend\n");
  });

  it("leaves the last screen behind with Q", async () => {
    await start(80, 24);
    shell.keys("Q");
    const screen = await shell.until(/^code=0$/m);
    expect(screen).toContain("4 Teardowns");
    expect(shell.modes()).toEqual(WHOLE);
  });

  it("follows the terminal's size", async () => {
    await start(80, 24);
    shell.resize(160, 45);
    await shell.until(/2 CLOSE_WAIT by owner[\s\S]*4 Teardowns/);
    shell.resize(40, 10);
    await shell.until(/terminal too small/);
    shell.resize(80, 24);
    await shell.until(/4 Teardowns/);
    shell.keys("C-c");
    await shell.until(/^code=0$/m);
  });

  it.each([
    ["TERM", 143],
    ["HUP", 129],
  ] as const)("restores the terminal on SIG%s", async (signal, code) => {
    await start(80, 24);
    shell.keys("C-z");
    await shell.until(/Stopped/);
    shell.run(`kill -${signal} %1; fg; echo "code=$?"`);
    await shell.until(new RegExp(`code=${code}$`, "m"));
    await vi.waitFor(() => expect(shell.modes()).toEqual(WHOLE));
    expect(notes()).toMatch(/end\n$/);
  });

  it("keeps the screen when the source fails, and says why there and afterwards", async () => {
    await start(120, 30, "fail");
    expect(shell.screen()).toContain("■ ENDED");
    expect(shell.screen()).toContain("tracing has ended: bpftrace died \\x1b[2J");
    shell.keys("q");
    const screen = await shell.until(/^code=1$/m);
    expect(screen).toContain("lastack: tracing has ended: bpftrace died");
    expect(shell.modes()).toEqual(WHOLE);
  });
});
