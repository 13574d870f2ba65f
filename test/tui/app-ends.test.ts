// The program in a real terminal: whatever the kind, and however it is left, the terminal is whole again.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type CompiledProgram, compileProgram } from "./compile.ts";
import { DEMO } from "./dashboard.ts";
import { hasTmux, openShell, type TmuxShell } from "./tmux.ts";

const WHOLE = { alternate: false, cursor: true, mouse: false };
const DRAWING = { alternate: true, cursor: false, mouse: false };
const PRINTABLE = /^[ -~\n]*$/;

/** Every end is tried in a terminal of another kind, so that few runs prove both. */
describe.skipIf(!hasTmux)("the dashboard (needs tmux and bash)", { timeout: 180_000 }, () => {
  let program: CompiledProgram;
  let directory: string;
  let shell: TmuxShell;
  let runs = 0;
  let isOver = true;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "lastack-app-"));
    program = compileProgram("test/tui/fixtures/lastack.ts");
    shell = await openShell(80, 24);
  }, 60_000);
  afterEach(async () => {
    // The next one must not find the terminal as a failed one left it.
    if (isOver) return;
    shell.close();
    shell = await openShell(80, 24);
  });
  afterAll(() => {
    shell.close();
    program.remove();
    rmSync(directory, { recursive: true });
  });

  /** Run the program to the end of the recording; what it returned will follow `code=`. */
  async function start(env: string, first = "replay", isReady = /end of recording/) {
    isOver = false;
    const pace = first === "replay" ? "--speed max" : "";
    const command = `exec ${env} ${process.execPath} ${program.script} ${first} ${DEMO} ${pace}`;
    // The quotes keep the typed command itself from looking like its output.
    const after = `echo "run $((${++runs})) co""de=$?"; stty | grep -E 'icanon|-echo' || echo COOK''ED`;
    shell.run(`clear; sh -c 'echo $$ >${join(directory, "pid")}; ${command}'; ${after}`);
    await shell.until(isReady);
  }
  const kill = (signal: NodeJS.Signals) =>
    process.kill(Number(readFileSync(join(directory, "pid"), "utf8")), signal);
  async function left(code: number) {
    const screen = await shell.until(new RegExp(`^run ${runs} code=${code}$[\\s\\S]*COOKED`, "m"));
    await vi.waitFor(() => expect(shell.modes()).toEqual(WHOLE));
    isOver = true;
    return screen;
  }

  it("shows the recording to its end in tmux, stays, and leaves with q", async () => {
    await start("env TERM=tmux-256color");
    expect(shell.screen()).toMatch(
      /ENDED {3}▲ \d+ WARNINGS {3}recorded on[\s\S]*CLOSE_WAIT[\s\S]*4 Teardowns/,
    );
    expect(shell.modes()).toEqual(DRAWING);
    shell.keys("q");
    expect(await left(0)).not.toMatch(/error|undefined/i);
  });

  it("draws with ASCII alone in an xterm of locale C, and leaves the last screen behind with Q", async () => {
    await start("env TERM=xterm LC_ALL=C");
    shell.keys("2", "e");
    expect(await shell.until(/> 2 CLOSE_WAIT by owner[\s\S]*checkout-api/)).toMatch(PRINTABLE);
    shell.keys("Q");
    expect(await left(0)).toMatch(/checkout-api +\d+ +31/);
  });

  it("stands right in screen after a hundred sizes, below the least one too", async () => {
    await start("env TERM=screen");
    const sizes = Array.from(
      { length: 100 },
      (_, i) => [30 + ((i * 37) % 170), 8 + ((i * 23) % 52)] as const,
    );
    shell.resize(...sizes, [160, 45]);
    await shell.until(/2 CLOSE_WAIT by owner[\s\S]*4 Teardowns/);
    shell.resize([40, 10]);
    await shell.until(/terminal too small/);
    shell.resize([80, 24]);
    await shell.until(/^.*lastack.*\n.*stuck.*\n.*Endpoints by state[\s\S]*4 Teardowns/);
    shell.keys("C-c");
    await left(0);
  });

  it("stops on ^Z in kitty, and fg brings it back, drawn and listening", async () => {
    await start("env TERM=xterm-kitty");
    shell.keys("C-z");
    await shell.until(/Stopped/);
    expect(shell.modes()).toEqual(WHOLE);
    shell.run("fg");
    await shell.until(/4 Teardowns/);
    expect(shell.modes()).toEqual(DRAWING);
    shell.keys("2", "Enter");
    await shell.until(/CLOSE_WAIT of checkout-api/);
    shell.keys("q");
    await shell.until(/ready\$\s*$/);
    expect(shell.modes()).toEqual(WHOLE);
    isOver = true;
  });

  it.each([
    ["SIGTERM", 143, "env TERM=linux"],
    ["SIGHUP", 129, "env -u TERM"],
  ] as const)("restores it on %s", async (signal, code, env) => {
    await start(env);
    shell.keys("m");
    await shell.until(/mouse on/);
    kill(signal);
    await left(code);
  });

  it("restores it on a crash, in xterm of locale C, and says in one safe line what it was", async () => {
    await start("env TERM=xterm-256color LANG=C");
    expect(shell.screen()).toMatch(PRINTABLE);
    kill("SIGUSR2");
    expect(await left(70)).toContain(
      "lastack: internal error: Error: bug \\x1b[2J in the dashboard; please report it",
    );
  });

  it("keeps the screen when the source fails, and says why there and afterwards", async () => {
    shell.resize([120, 30]);
    await start("env", "fail", /tracing has ended/);
    expect(shell.screen()).toContain("■ ENDED");
    expect(shell.screen()).toContain("tracing has ended: bpftrace died \\x1b[2J");
    shell.keys("q");
    expect(await left(1)).toContain("lastack: tracing has ended: bpftrace died");
  });

  it("prints plain lines where the cursor cannot be moved, and says so", async () => {
    await start("env TERM=dumb", "replay", /TERM=dumb cannot move the cursor/);
    expect(await left(0)).toMatch(/(stuck|repeated)-[\s\S]*10\.0\.0\./);
  });
});
