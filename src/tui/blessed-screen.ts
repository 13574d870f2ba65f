// Makes a blessed screen with every fix that today's terminals need.
import blessed, { type Widgets } from "blessed";
import type { BlessedLine } from "./grid.ts";
import type { TerminalProfile } from "./profile.ts";
import type { KeyInput } from "./term-input.ts";
import type { OutputSink } from "./term-output.ts";

/** The parts of blessed's program that its types leave out. */
export interface ProgramInternals {
  _write(text: string): unknown;
  flush(): void;
  removeAllListeners(event: string): unknown;
  on(event: string, listener: (...args: never[]) => void): unknown;
}

/** The parts of blessed's screen that we use, internals included; blessed 0.1.81 is pinned. */
export type BlessedScreen = Omit<Widgets.Screen, "program" | "lines" | "draw"> & {
  readonly program: ProgramInternals;
  lines: BlessedLine[];
  /** Make every line blank, in memory and on the terminal. */
  alloc(): void;
  enter(): void;
  leave(): void;
  draw(start: number, end: number): void;
};

const BEGIN_UPDATE = "\x1b[?2026h";
const END_UPDATE = "\x1b[?2026l";

/**
 * Hide from blessed, while it starts, what would mislead it; returns how to put it back.
 *
 * TMUX makes blessed run `tmux -V`, a program from PATH, as root. The others change what it draws:
 * without NCURSES_NO_UTF8_ACS it draws borders in the old alternate character set, which screen
 * and tmux record as `lqqk`; with NCURSES_CJK_WIDTH it counts box lines as two columns.
 */
function steerEnvironment(env: NodeJS.ProcessEnv): () => void {
  const tmux = env.TMUX;
  delete env.TMUX;
  delete env.NCURSES_CJK_WIDTH;
  env.NCURSES_NO_UTF8_ACS = "1";
  return () => {
    if (tmux !== undefined) env.TMUX = tmux;
  };
}

/** Wrap each frame in synchronized output; an unchanged frame still writes nothing. */
function synchronize(screen: BlessedScreen): void {
  const draw = screen.draw.bind(screen);
  const { program } = screen;
  const write = program._write.bind(program);
  screen.draw = (start, end) => {
    program._write = (text) => write(BEGIN_UPDATE + text + END_UPDATE);
    try {
      draw(start, end);
    } finally {
      program._write = write;
    }
  };
}

/**
 * Enter the alternate screen with blessed.
 *
 * blessed's own handlers for signals and exceptions stay silent as long as others are registered,
 * which is the lifecycle's part. Its reaction to a resize, drawing the old layout on the new size
 * at once, is taken out: the caller draws.
 */
export function createBlessedScreen(
  profile: TerminalProfile,
  input: KeyInput,
  output: OutputSink,
): BlessedScreen {
  const restore = steerEnvironment(process.env);
  try {
    const options = {
      input,
      output,
      terminal: profile.terminfo,
      forceUnicode: profile.glyphs !== "ascii",
      fullUnicode: true,
      warnings: false,
    };
    const screen = blessed.screen(options as never) as unknown as BlessedScreen;
    screen.program.removeAllListeners("resize");
    if (profile.synchronized) synchronize(screen);
    return screen;
  } finally {
    restore();
  }
}
