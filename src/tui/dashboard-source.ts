// What the dashboard is given: one trace, live or played, with what may be asked of its source.
import type { Endpoint } from "../core/endpoint.ts";
import type { Advice, Finding } from "../core/finding.ts";
import type { Trace } from "../core/fold.ts";
import type { RecordingHeader } from "../event/recording.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import type { ThemeName } from "./theme.ts";

/** Options of everything that draws. */
export interface ScreenOptions {
  readonly ascii?: boolean;
  readonly color?: boolean;
  readonly theme?: ThemeName;
  /** Frames a second. */
  readonly fps?: number;
  /** Whether the mouse works from the start; off when absent, so that text can be selected. */
  readonly mouse?: boolean;
}

/** Texts of the rooms that a screen does not see. */
export interface Teller {
  /** One plain sentence on a teardown, as the reports tell it. */
  sentence(endpoint: Endpoint, now: Nanoseconds): string;
  /** What to do about a finding, with this host's values. */
  advice(finding: Finding): readonly Advice[];
}

/** What the dashboard shows; live and replay differ only here. */
export interface DashboardSource {
  readonly mode: "live" | "replay" | "demo";
  readonly header: RecordingHeader;
  readonly trace: Trace;
  readonly teller: Teller;
  /** Lines of trouble so far, foreign text; may grow. */
  readonly problems: readonly string[];
  /** Whether the probes are attached yet; true when absent. */
  isAttached?(): boolean;
  /** From when on nothing can have been missed: the probes were attached. 0 when absent. */
  since?(): Nanoseconds;
  /** Times real time; Infinity as fast as it can. 1 when absent. */
  readonly speed?: number;
  /** Hold the source itself; absent where time cannot be held (live). */
  setPaused?(isPaused: boolean): void;
  /** Called once the screen is up. */
  begin(): Promise<void>;
  /** Called before the screen goes. */
  end(): Promise<void>;
  /** Settles when the source has come to its end, with a line when that was a failure. */
  readonly ended: Promise<string | null>;
  /** Settles when the dashboard is to leave by itself, as `--duration` asks. */
  readonly leave?: Promise<void>;
  readonly options: ScreenOptions;
}
