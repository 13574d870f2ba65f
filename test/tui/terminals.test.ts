// The dashboard on every kind of terminal and in both kinds of locale: it draws, and gives all back.
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { DashboardSource } from "../../src/tui/dashboard-source.ts";
import { terminalProfile } from "../../src/tui/profile.ts";
import { demoSource, openDashboard } from "./dashboard.ts";

const TERMS = [
  "xterm",
  "xterm-256color",
  "screen",
  "screen-256color",
  "tmux-256color",
  "linux",
  "xterm-kitty",
  "never-heard-of-it",
  "",
] as const;
const LOCALES = ["C.UTF-8", "C"] as const;

let source: DashboardSource;
beforeAll(async () => {
  source = await demoSource(58);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe.each(TERMS)("with TERM=%s", (term) => {
  it.each(LOCALES)("in the locale %s", async (locale) => {
    vi.stubEnv("TERM", term);
    vi.stubEnv("LC_ALL", locale);
    vi.stubEnv("LANG", "C.UTF-8");
    const noise = vi.spyOn(process.stderr, "write");
    const { env } = process;
    const profile = terminalProfile({ env, inputIsTty: true, outputIsTty: true });
    expect(profile.kind).toBe("dashboard");
    const app = openDashboard(source, 80, 24, { profile });
    await app.frame();
    const screen = await app.keys("m", "2", "enter");
    const letters = locale === "C" ? /^[ -~\n]*$/ : /╭|┌/;
    expect(screen).toMatch(/CLOSE_WAIT of checkout-api[\s\S]*descriptors 26 of 20000/);
    expect(screen).toMatch(letters);
    expect(app.modes()).toEqual({ alternate: term !== "linux", cursor: false, mouse: true });
    const sent = app.takeWritten();
    if (locale === "C") expect(Buffer.byteLength(sent)).toBe(sent.length);
    app.terminal.close();
    await app.settle();
    expect(app.modes()).toEqual({ alternate: false, cursor: true, mouse: false });
    expect(app.input.isRaw).toBe(false);
    expect(noise).not.toHaveBeenCalled();
    app.close();
  });
});
