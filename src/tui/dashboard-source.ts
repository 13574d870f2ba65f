// What the dashboard is given: one trace, live or played, with what may be asked of its source.
import type { Trace } from "../core/fold.ts";
import type { RecordingHeader } from "../event/recording.ts";
import type { ThemeName } from "./theme.ts";

/** Options of everything that draws. */
export interface ScreenOptions {
  readonly ascii?: boolean;
  readonly color?: boolean;
  readonly theme?: ThemeName;
  /** Frames a second. */
  readonly fps?: number;
}

/** What the dashboard shows; live and replay differ only here. */
export interface DashboardSource {
  readonly mode: "live" | "replay" | "demo";
  readonly header: RecordingHeader;
  readonly trace: Trace;
  /** Lines of trouble so far, foreign text; may grow. */
  readonly problems: readonly string[];
  /** Hold the source itself; absent where time cannot be held (live). */
  setPaused?(isPaused: boolean): void;
  /** Called once the screen is up. */
  begin(): Promise<void>;
  /** Called before the screen goes. */
  end(): Promise<void>;
  /** Settles when the source has come to its end, with a line when that was a failure. */
  readonly ended: Promise<string | null>;
  readonly options: ScreenOptions;
}
