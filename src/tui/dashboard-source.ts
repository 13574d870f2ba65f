// What the dashboard is given: one store of events with a cursor over it, live or played.
import type { Endpoint } from "../core/endpoint.ts";
import type { Advice, Finding } from "../core/finding.ts";
import type { Trace } from "../core/fold.ts";
import type { SeriesPoint } from "../core/series.ts";
import type { RecordingHeader } from "../event/recording.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import type { ThemeName } from "./theme.ts";
import type { TracerCost } from "./tracer-cost.ts";

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

/**
 * The moment that is shown, in a store that goes on growing: live and replay are one thing.
 *
 * A move may take several turns of the event loop; until it has arrived, `trace` is the last
 * moment shown.
 */
export interface TimeCursor {
  /** Everything known at the cursor; another object after some moves. */
  readonly trace: Trace;
  /** Whether it stands still. Collection and reading go on all the same. */
  readonly isPaused: boolean;
  /** How far a move under way has come, 0 to 1; null where none is. */
  readonly progress: number | null;
  /** The moment shown, or the one that a move under way leads to. */
  readonly aimNs: Nanoseconds;
  /** Events that the store has behind the moment shown. */
  readonly ahead: number;
  /** The first seconds after the moment shown, as far as they are known; none at the newest. */
  after?(seconds: number): readonly SeriesPoint[];
  /** From when on the store has history; null while it is empty. */
  readonly oldestNs: Nanoseconds | null;
  /** The newest moment that the store has. */
  readonly newestNs: Nanoseconds;
  /** Whether the beginning has been dropped for want of room. */
  readonly isBeginningGone: boolean;
  pause(): void;
  /** Go on: a live trace at the newest moment, a recording from here at its pace. */
  resume(): void;
  /** Go to the next event, or to the one before; pauses. */
  step(by: 1 | -1): void;
  /** Go to a moment; pauses. Moments outside the store are its ends. */
  seek(t: Nanoseconds): void;
}

/** What `w` writes. */
export interface ExportRequest {
  /** The window of the charts, which ends at the cursor. */
  readonly fromNs: Nanoseconds;
  readonly toNs: Nanoseconds;
  /** The incident that is selected: only what it speaks of is written, whenever it happened. */
  readonly finding?: Finding;
  readonly endpoint?: Endpoint;
  readonly isMasked: boolean;
}

/** What the dashboard shows; live and replay differ only here. */
export interface DashboardSource {
  readonly mode: "live" | "replay" | "demo";
  readonly header: RecordingHeader;
  readonly cursor: TimeCursor;
  readonly teller: Teller;
  /** Lines of trouble so far, foreign text; may grow. */
  readonly problems: readonly string[];
  /** What is being prepared before the probes are attached, in words; null when all is done. */
  starting?(): string | null;
  /** The filter to begin with, as it would be typed; null for none. */
  readonly filter?: string | null;
  /** What the tracer takes from the host; absent where nothing is traced, null until measured. */
  cost?(): TracerCost | null;
  /** From when on nothing can have been missed: the probes were attached. Null before; 0 when absent. */
  since?(): Nanoseconds | null;
  /** Times real time; Infinity as fast as it can. 1 when absent. */
  readonly speed?: number;
  /** Write a recording of a part of the store; returns what to tell, rejects with why not. */
  exportRange?(request: ExportRequest): Promise<string>;
  /** Write a text, as of a moment, to a new file; returns what to tell, rejects with why not. */
  exportText?(text: string, t: Nanoseconds): Promise<string>;
  /** What stands for an address while addresses are masked; null for a text that is none. */
  maskAddress?(text: string): string | null;
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
