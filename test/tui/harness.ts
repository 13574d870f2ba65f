// Runs the real terminal module against a terminal emulator in memory, without a pty.
import { PassThrough, Writable } from "node:stream";
import { setImmediate as tick } from "node:timers/promises";
import { Unicode11Addon } from "@xterm/addon-unicode11";
import xterm from "@xterm/headless";
import type { GlyphLevel } from "../../src/tui/glyphs.ts";
import type { Painter } from "../../src/tui/painter.ts";
import type { ColorDepth, TerminalProfile } from "../../src/tui/profile.ts";
import { openTerminal } from "../../src/tui/term.ts";
import type { ThemeName } from "../../src/tui/theme.ts";

/** An emulated terminal, for the picture and for reading cells. */
export type Emulator = InstanceType<typeof xterm.Terminal>;

/** What a test may choose. */
export interface MountOptions {
  readonly colors?: ColorDepth;
  readonly glyphs?: GlyphLevel;
  readonly theme?: ThemeName;
  readonly synchronized?: boolean;
  /** Instead of all of these but the theme. */
  readonly profile?: TerminalProfile;
}

const profileOf = (options: MountOptions): TerminalProfile =>
  options.profile ?? {
    kind: "dashboard",
    reason: null,
    terminfo: "xterm-256color",
    colors: options.colors ?? 256,
    glyphs: options.glyphs ?? "full",
    synchronized: options.synchronized ?? false,
  };

/** Whether the cursor is shown after this text: the last word on it counts. The emulator does not tell. */
function showsCursor(text: string, before: boolean): boolean {
  const shown = Math.max(text.lastIndexOf("\x1b[?25h"), text.lastIndexOf("\x1b[?12;25h"));
  const hidden = Math.max(text.lastIndexOf("\x1b[?25l"), text.lastIndexOf("\x1b[?12;25l"));
  return shown === hidden ? before : shown > hidden;
}

/** What an emulated terminal shows. */
export function textOf(emulator: Emulator): string {
  const { active } = emulator.buffer;
  const line = (y: number) => active.getLine(y)?.translateToString() ?? "";
  return Array.from({ length: emulator.rows }, (_, y) => line(y).trimEnd()).join("\n");
}

/** Open a terminal of this size: everything that it writes is emulated, and its keys can be pressed. */
export function mount(cols: number, rows: number, options: MountOptions = {}) {
  const emulator = new xterm.Terminal({ cols, rows, allowProposedApi: true });
  emulator.loadAddon(new Unicode11Addon());
  emulator.unicode.activeVersion = "11";
  let drawn = Promise.resolve();
  let stalled: (() => void) | null = null;
  let stalling = false;
  let written = "";
  let isCursorShown = true;
  const sink = new Writable({
    write(bytes: Buffer, _encoding, done) {
      const text = bytes.toString();
      written += text;
      isCursorShown = showsCursor(text, isCursorShown);
      const arrive = () => {
        drawn = new Promise<void>((resolve) => emulator.write(bytes, resolve));
        done();
      };
      if (stalling) stalled = arrive;
      else arrive();
    },
  });
  const output = Object.assign(sink, { isTTY: true, columns: cols, rows });
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    isRaw: false,
    setRawMode(raw: boolean) {
      input.isRaw = raw;
    },
  });
  const theme = options.theme ?? "dark";
  const terminal = openTerminal({ profile: profileOf(options), theme, input, output });
  const settle = async () => {
    await tick();
    await tick();
    await drawn;
  };
  const line = (y: number) => emulator.buffer.active.getLine(y);

  return {
    terminal,
    emulator,
    input,
    output,
    settle,
    /** Draw one frame and wait until the emulator has it. */
    async draw(paint: (painter: Painter) => void) {
      terminal.draw(paint);
      await settle();
    },
    text: () => textOf(emulator),
    cell: (x: number, y: number) => line(y)?.getCell(x),
    /** Everything written since the last call, as it was sent. */
    takeWritten() {
      const taken = written;
      written = "";
      return taken;
    },
    /** Bytes from the keyboard, in as many reads as there are arguments. */
    async press(...reads: string[]) {
      for (const read of reads) {
        input.write(read);
        await tick();
      }
      await settle();
    },
    async resize(newCols: number, newRows: number) {
      emulator.resize(newCols, newRows);
      Object.assign(output, { columns: newCols, rows: newRows });
      output.emit("resize");
      await settle();
    },
    /** Let the terminal read nothing any more. */
    stall() {
      stalling = true;
    },
    async unstall() {
      stalling = false;
      stalled?.();
      stalled = null;
      await settle();
    },
    /** The modes that a shell must not inherit. */
    modes: () => ({
      alternate: emulator.buffer.active.type === "alternate",
      cursor: isCursorShown,
      mouse: emulator.modes.mouseTrackingMode !== "none",
    }),
    close() {
      terminal.close();
      emulator.dispose();
    },
  };
}

/** A mounted terminal. */
export type Mounted = ReturnType<typeof mount>;
