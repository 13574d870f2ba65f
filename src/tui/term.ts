// Opens the terminal for the dashboard and gives it back as it was.
import { type BlessedScreen, createBlessedScreen } from "./blessed-screen.ts";
import { glyphsFor } from "./glyphs.ts";
import { Grid } from "./grid.ts";
import { type BlessedKey, keyName } from "./key-name.ts";
import { Painter } from "./painter.ts";
import type { TerminalProfile } from "./profile.ts";
import { createKeyInput, type InputSource } from "./term-input.ts";
import { guardOutput, type OutputSink } from "./term-output.ts";
import { createTheme, type Theme, type ThemeName } from "./theme.ts";

/** What a terminal is opened with. */
export interface TerminalOptions {
  readonly profile: TerminalProfile;
  readonly theme?: ThemeName;
  /** Standard input when absent. */
  readonly input?: InputSource;
  /** Standard output when absent. */
  readonly output?: OutputSink;
}

/** A click or a turn of the wheel; columns and rows count from 0. */
export interface MouseEvent {
  readonly action: "press" | "wheel-up" | "wheel-down";
  readonly x: number;
  readonly y: number;
}

/** The open terminal: frames go in, keys come out. */
export interface Terminal {
  readonly profile: TerminalProfile;
  readonly cols: number;
  readonly rows: number;
  readonly theme: Theme;
  /** blessed's screen, for what needs one; nothing else may draw on it. */
  readonly screen: BlessedScreen;
  /** The streams, for who watches them for a lost terminal. */
  readonly input: InputSource;
  readonly output: OutputSink;
  /** Whether the terminal still reads an earlier frame. */
  isBehind(): boolean;
  setTheme(name: ThemeName): void;
  /** Paint a frame and send what changed; a frame without a change sends nothing. */
  draw(paint: (painter: Painter) => void): void;
  /** Called with the key's name and, for a key that types something, its character. */
  onKey(listener: (key: string, character: string | null) => void): void;
  onMouse(listener: (event: MouseEvent) => void): void;
  /** Mouse reporting takes away the terminal's own selecting of text, so it begins switched off. */
  setMouse(on: boolean): void;
  /** Called after the size has changed; the screen is blank then and waits for a frame. */
  onResize(listener: () => void): void;
  /** The last frame, for a text export, a picture, or to print after the end. */
  readonly frame: Grid;
  /** Give the terminal back for a while; returns how to take it again. */
  lend(): () => void;
  /** Wait until the last frame is sent, at most so long. */
  settle(milliseconds: number): Promise<boolean>;
  /** Give the terminal back for good; a second call does nothing. */
  close(): void;
}

/** What a dashboard needs of a terminal, which a sheet of paper for a picture has too. */
export type Display = Omit<
  Terminal,
  "profile" | "screen" | "input" | "output" | "settle" | "lend" | "close"
> & { readonly screen: unknown };

/** Presses and the wheel with SGR coordinates; no motion, which some terminals report as garbage. */
const MOUSE_ON = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF = "\x1b[?1006l\x1b[?1000l";

const MOUSE_ACTIONS: Readonly<Record<string, MouseEvent["action"]>> = {
  mousedown: "press",
  wheelup: "wheel-up",
  wheeldown: "wheel-down",
};

/** Open the terminal: alternate screen, raw keys, no cursor, writes that do not block. */
export function openTerminal(options: TerminalOptions): Terminal {
  const { profile } = options;
  const source = options.input ?? process.stdin;
  const output = options.output ?? process.stdout;
  const guard = guardOutput(output);
  const input = createKeyInput(source);
  const screen = createBlessedScreen(profile, input, output);
  const glyphs = glyphsFor(profile.glyphs);
  const themed = (name: ThemeName) => createTheme(name, profile.colors, glyphs);
  const blank = () => new Grid(screen.lines[0]?.length ?? 0, screen.lines.length);
  const resizeListeners: Array<() => void> = [];
  let theme = themed(options.theme ?? "dark");
  let frame = blank();
  let lent = false;
  let closed = false;
  let mouse = false;

  const onResize = () => {
    if (closed || lent) return;
    screen.alloc();
    frame = blank();
    for (const listener of resizeListeners) listener();
  };
  const reportMouse = (on: boolean) => {
    screen.program._write(on ? MOUSE_ON : MOUSE_OFF);
    screen.program.flush();
  };
  const leave = () => {
    guard.setBlocking(true);
    if (mouse) reportMouse(false);
    screen.leave();
    screen.program.flush();
    input.setRawMode(false);
  };
  screen.program.on("resize", onResize);
  guard.setBlocking(false);

  return {
    profile,
    screen,
    input: source,
    output,
    get cols() {
      return frame.cols;
    },
    get rows() {
      return frame.rows;
    },
    get theme() {
      return theme;
    },
    get frame() {
      return frame;
    },
    isBehind: guard.isBehind,
    settle: guard.settle,
    setTheme(name) {
      theme = themed(name);
    },
    draw(paint) {
      if (closed || lent) return;
      frame.clear();
      paint(new Painter(frame, { x: 0, y: 0, width: frame.cols, height: frame.rows }, theme));
      frame.copyTo(screen.lines);
      screen.draw(0, screen.lines.length - 1);
      screen.program.flush();
    },
    onKey(listener) {
      screen.on("keypress", (ch: string | undefined, key: BlessedKey) => {
        const name = keyName(ch, key);
        if (name !== null) listener(name.key, name.character);
      });
    },
    onMouse(listener) {
      screen.program.on("mouse", (event: { action: string; x: number; y: number }) => {
        const action = MOUSE_ACTIONS[event.action];
        if (action) listener({ action, x: event.x, y: event.y });
      });
    },
    setMouse(on) {
      if (on !== mouse) reportMouse(on);
      mouse = on;
    },
    onResize(listener) {
      resizeListeners.push(listener);
    },
    lend() {
      lent = true;
      leave();
      input.halt();
      return () => {
        if (closed) return;
        lent = false;
        input.proceed();
        // The shell may have changed the modes behind our back, and a repeated request is not sent.
        input.setRawMode(false);
        input.setRawMode(true);
        screen.enter();
        if (mouse) reportMouse(true);
        guard.setBlocking(false);
        onResize();
      };
    },
    close() {
      if (closed) return;
      closed = true;
      if (!lent) leave();
      screen.destroy();
      input.halt();
    },
  };
}
