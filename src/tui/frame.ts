// Turns the latest state into frames, a few times a second, never faster than the terminal reads.
import type { Painter } from "./painter.ts";
import type { Terminal } from "./term.ts";

/** What the loop has done so far. */
export interface FrameStats {
  readonly drawn: number;
  /** Frames left out because the terminal had not read the last one. */
  readonly skippedBehind: number;
  /** Frames left out because nothing had changed. */
  readonly skippedUnchanged: number;
  /** Time spent painting and sending, milliseconds: of the last frame, the worst, and all. */
  readonly lastMs: number;
  readonly worstMs: number;
  readonly totalMs: number;
}

/** What the loop draws, and where. */
export interface FrameOptions<Snapshot> {
  readonly terminal: Pick<Terminal, "draw" | "isBehind">;
  /** The state to draw. Returning the same object as last time says that nothing has changed. */
  snapshot(): Snapshot;
  paint(painter: Painter, snapshot: Snapshot): void;
  /** Frames a second, 0.5 to 30; 4 when absent. */
  readonly fps?: number;
}

/** The running loop. */
export interface FrameLoop {
  start(): void;
  stop(): void;
  /** Draw soon, changed or not: after a key, a resize, a change of theme. */
  request(): void;
  /** Frames a second; clamped to 0.5 to 30. */
  fps: number;
  readonly stats: FrameStats;
}

const SLOWEST_FPS = 0.5;
const FASTEST_FPS = 30;
/** The least time between two frames that were asked for, so that a held key cannot flood. */
const LEAST_GAP_MS = 1000 / FASTEST_FPS;

const clampFps = (fps: number) => Math.min(FASTEST_FPS, Math.max(SLOWEST_FPS, fps));

/**
 * Make a loop that draws the latest snapshot, and only the latest: what changed in between two
 * frames was never worth sending. While the terminal is behind, nothing is painted at all.
 */
export function createFrameLoop<Snapshot>(options: FrameOptions<Snapshot>): FrameLoop {
  const { terminal } = options;
  const stats = {
    drawn: 0,
    skippedBehind: 0,
    skippedUnchanged: 0,
    lastMs: 0,
    worstMs: 0,
    totalMs: 0,
  };
  let fps = clampFps(options.fps ?? 4);
  let running = false;
  let timer: NodeJS.Timeout | undefined;
  let previous: { readonly snapshot: Snapshot } | null = null;
  let requested = false;
  let drawnAt = Number.NEGATIVE_INFINITY;

  const drawFrame = () => {
    if (terminal.isBehind()) {
      stats.skippedBehind++;
      return;
    }
    const snapshot = options.snapshot();
    if (!requested && previous && Object.is(previous.snapshot, snapshot)) {
      stats.skippedUnchanged++;
      return;
    }
    requested = false;
    previous = { snapshot };
    const from = performance.now();
    terminal.draw((painter) => options.paint(painter, snapshot));
    drawnAt = performance.now();
    stats.drawn++;
    stats.lastMs = drawnAt - from;
    stats.worstMs = Math.max(stats.worstMs, stats.lastMs);
    stats.totalMs += stats.lastMs;
  };
  const schedule = (ms: number) => {
    clearTimeout(timer);
    if (!running) return;
    timer = setTimeout(() => {
      drawFrame();
      schedule(1000 / fps);
    }, ms);
  };

  return {
    start() {
      if (running) return;
      running = true;
      requested = true;
      schedule(0);
    },
    stop() {
      running = false;
      clearTimeout(timer);
    },
    request() {
      if (requested) return;
      requested = true;
      schedule(Math.max(0, drawnAt + LEAST_GAP_MS - performance.now()));
    },
    get fps() {
      return fps;
    },
    set fps(value: number) {
      fps = clampFps(value);
      schedule(1000 / fps);
    },
    stats,
  };
}
