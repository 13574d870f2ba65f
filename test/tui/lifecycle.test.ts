// However the dashboard ends, the hook runs, the terminal is given back and the exit code tells why.
import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { exitCodeOf } from "../../src/tui/end-reason.ts";
import { ownLifecycle } from "../../src/tui/lifecycle.ts";
import { type CompiledProgram, compileProgram } from "./compile.ts";
import { mount } from "./harness.ts";
import { hasTmux, openShell, type TmuxShell } from "./tmux.ts";

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const RESTORED = { alternate: false, cursor: true, mouse: false };
const DRAWING = { alternate: true, cursor: false, mouse: false };

describe("exitCodeOf", () => {
  it.each([
    [{ kind: "quit" }, 0],
    [{ kind: "signal", signal: "SIGINT" }, 0],
    [{ kind: "signal", signal: "SIGTERM" }, 143],
    [{ kind: "signal", signal: "SIGQUIT" }, 131],
    [{ kind: "signal", signal: "SIGHUP" }, 129],
    [{ kind: "hangup" }, 129],
    [{ kind: "crash", error: null }, 70],
  ] as const)("%j: %i", (reason, code) => {
    expect(exitCodeOf(reason)).toBe(code);
  });
});

describe("ownLifecycle", () => {
  it("hands the exit code over, and leaves nothing behind, when it is told how to exit", async () => {
    const screen = mount(80, 24);
    const events = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGTSTP", "SIGCONT", "exit"];
    const counts = () => events.map((event) => process.listenerCount(event));
    screen.terminal.close();
    const before = counts();
    const steps: string[] = [];
    screen.output.on("error", () => steps.push("someone else saw the error"));
    const code = await new Promise<number>((exit) => {
      ownLifecycle({
        terminal: screen.terminal,
        onEnd: ({ kind }) => void steps.push(`hook ${kind}`),
        report: ({ kind }, problems) => void steps.push(`report ${kind} ${problems.length}`),
        exit,
      });
      expect(counts()).not.toEqual(before);
      screen.output.emit("error", new Error("EIO"));
      screen.input.emit("end");
    });
    expect(code).toBe(129);
    expect(steps).toEqual(["hook hangup", "report hangup 0"]);
    expect(counts()).toEqual(before);
  });

  it("ends all the same when the hook fails, and says so", async () => {
    const screen = mount(80, 24);
    const problems = await new Promise<readonly string[]>((resolve) => {
      let told: readonly string[] = [];
      const lifecycle = ownLifecycle({
        terminal: screen.terminal,
        onEnd: () => Promise.reject(new Error("disk \x1b[2J full")),
        report: (_reason, list) => {
          told = list;
        },
        exit: () => resolve(told),
      });
      void lifecycle.end({ kind: "quit" });
    });
    expect(problems).toEqual(["could not end cleanly: Error: disk \\x1b[2J full"]);
    screen.close();
  });
});

describe.skipIf(!hasTmux)("the dashboard (needs tmux and bash)", { timeout: 180_000 }, () => {
  let program: CompiledProgram;
  let shell: TmuxShell;
  let directory = "";

  beforeAll(() => {
    program = compileProgram("test/tui/fixtures/dashboard.ts");
  });
  afterAll(() => program.remove());
  afterEach(() => shell.close());

  const notes = () => readFileSync(join(directory, "notes"), "utf8").trim().split("\n");
  const pid = () => Number(readFileSync(join(directory, "pid"), "utf8"));
  const start = async (mode = "") => {
    directory = mkdtempSync(join(program.directory, "run-"));
    shell = await openShell();
    // The quotes keep the typed command itself from looking like its output.
    const cooked = "stty | grep -E 'icanon|-echo' || echo COOK''ED";
    shell.run(`node ${program.script} ${directory} ${mode}; echo EX""IT=$?; ${cooked}`);
    await shell.until(/dashboard ready/);
  };

  it.each([
    ["^C", "C-c", 0, "end quit"],
    ["a rejection", "2", 70, "end crash"],
  ])("restores it on %s, everything flushed", async (_name, key, code, end) => {
    await start();
    expect(shell.modes()).toEqual(DRAWING);
    shell.keys(key);
    const screen = await shell.until(/EXIT=\d+[\s\S]*COOKED/);
    expect(screen).toContain(`EXIT=${code}`);
    expect(shell.modes()).toEqual(RESTORED);
    expect(notes()).toContain(end);
    expect(notes().at(-1)).toBe("flushed");
  });

  it.each([
    ["SIGINT", 0],
    ["SIGQUIT", 131],
  ] as const)("restores it on %s, the mouse too", async (signal, code) => {
    await start();
    shell.keys("m");
    await vi.waitFor(() => expect(shell.modes()).toEqual({ ...DRAWING, mouse: true }));
    process.kill(pid(), signal);
    expect(await shell.until(/EXIT=\d+[\s\S]*COOKED/)).toContain(`EXIT=${code}`);
    expect(shell.modes()).toEqual(RESTORED);
    expect(notes()).toContain(`end signal ${signal}`);
    expect(notes().at(-1)).toBe("flushed");
  });

  it("keeps standard error off the screen and shows it afterwards", async () => {
    await start();
    shell.keys("3");
    await shell.until(/last key 3/);
    expect(shell.screen()).not.toContain("scribble");
    shell.keys("q");
    expect(await shell.until(/EXIT=0/)).toContain("scribble over the screen");
  });

  it("does not wait for ever for a clean end", async () => {
    await start("hang");
    shell.keys("q");
    const screen = await shell.until(/EXIT=0/);
    expect(screen).toContain("lastack: gave up waiting for a clean end after 0.4s");
    expect(shell.modes()).toEqual(RESTORED);
  });

  it("waits no more after a second signal from someone who has waited", async () => {
    await start("hang patient");
    process.kill(pid(), "SIGTERM");
    await vi.waitFor(() => expect(notes()).toContain("end signal SIGTERM"));
    const again = setInterval(() => {
      if (isAlive(pid())) process.kill(pid(), "SIGTERM");
    }, 100);
    const screen = await shell.until(/EXIT=143/).finally(() => clearInterval(again));
    expect(screen).toContain("cut short by a second signal");
  });

  it("takes a signal that comes twice at once for one", async () => {
    await start("slow");
    process.kill(pid(), "SIGTERM");
    process.kill(pid(), "SIGTERM");
    process.kill(pid(), "SIGINT");
    expect(await shell.until(/EXIT=\d/)).toMatch(/EXIT=(143|0)\b/);
    expect(notes().at(-1)).toBe("flushed");
  });

  it("ends when its terminal is taken away", async () => {
    await start("slow");
    shell.killTerminal();
    await vi.waitFor(() => expect(notes().at(-1)).toBe("flushed"), { timeout: 60_000 });
    expect(notes().some((line) => /^end (hangup|signal SIGHUP)$/.test(line))).toBe(true);
    await vi.waitFor(() => expect(isAlive(pid())).toBe(false), { timeout: 60_000 });
  });

  it("stops on a TSTP from outside and comes back on fg, drawn and listening", async () => {
    await start();
    process.kill(pid(), "SIGTSTP");
    await shell.until(/Stopped/);
    expect(shell.modes()).toEqual(RESTORED);
    shell.run("echo in-the-shell");
    await shell.until(/^in-the-shell/m);
    shell.run("fg");
    await shell.until(/dashboard ready/);
    expect(shell.modes()).toEqual(DRAWING);
    shell.keys("Up");
    await shell.until(/last key up/);
    shell.keys("q");
    await shell.until(/ready\$\s*$/);
    expect(shell.modes()).toEqual(RESTORED);
    expect(notes().at(-1)).toBe("flushed");
  });

  it("comes back at once from ^Z where no shell could continue it", async () => {
    directory = mkdtempSync(join(program.directory, "run-"));
    shell = await openShell();
    shell.run(`exec node ${program.script} ${directory}`);
    await shell.until(/dashboard ready/);
    shell.keys("C-z");
    await shell.until(/last key C-z/);
    shell.keys("Up");
    await shell.until(/last key up/);
    expect(shell.modes()).toEqual(DRAWING);
  });

  it("draws again after a SIGSTOP that nobody could announce", async () => {
    await start();
    process.kill(pid(), "SIGSTOP");
    await shell.until(/Stopped/);
    shell.run("fg");
    await shell.until(/dashboard ready/);
    await vi.waitFor(() => expect(shell.modes()).toEqual(DRAWING));
    shell.keys("Down");
    await shell.until(/last key down/);
  });
});
