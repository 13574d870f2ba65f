// The dashboard on an open terminal: turns the newest state into frames and keys into motions.
import { parseStartedAt, toIso } from "../event/time.ts";
import { filterText } from "./app-filter.ts";
import type { Doing } from "./app-health.ts";
import { bindKeys } from "./app-keys.ts";
import { AppState } from "./app-state.ts";
import { paintFrame } from "./app-view.ts";
import { createChart } from "./chart.ts";
import type { DashboardSource } from "./dashboard-source.ts";
import type { FilterRow } from "./filter-term.ts";
import { createFrameLoop, type FrameLoop } from "./frame.ts";
import type { KeyDispatcher } from "./key-dispatch.ts";
import type { Painter } from "./painter.ts";
import { createPanels } from "./panels/index.ts";
import type { AnyPanel, Scene, ShownPanel } from "./panels/panel.ts";
import type { Terminal } from "./term.ts";
import { holdStill, type Watched, watch } from "./watched.ts";

/** How the user leaves, or stops for a while. */
export interface Doors {
  quit(printsScreen: boolean): void;
  suspend(): void;
}

/** A view that took this long is kept for a while, so that views take a twentieth of the time at most. */
const COSTLY_MS = 8;
const REST = 20;
/** How long a line of trouble stands in the status line before it is only counted. */
const REMARK_MS = 15_000;

/** One moment of the dashboard. */
interface Moment {
  readonly scene: Scene;
  readonly doing: Doing;
}

/** Runs on a terminal that somebody else opens and closes. */
export class Dashboard {
  readonly state = new AppState("teardowns");
  readonly loop: FrameLoop;
  readonly keys: KeyDispatcher;
  readonly #source: DashboardSource;
  readonly #panels: ReadonlyMap<string, AnyPanel>;
  readonly #live: Watched;
  readonly #clock: Scene["clock"];
  readonly #remarks: string[] = [];
  readonly #views = new Map<string, { view: ShownPanel; until: number }>();
  #held: { readonly watched: Watched; readonly taken: number } | null = null;
  #ended: Doing["ended"] = null;
  #remarkUntil = 0;
  #moment: Moment | null = null;
  #momentKey = "";

  constructor(terminal: Terminal, source: DashboardSource, doors: Doors) {
    this.#source = source;
    this.#panels = createPanels(createChart(terminal.screen));
    this.#live = watch(source.trace);
    const startedAt = parseStartedAt(source.header.startedAt) ?? { epochNs: 0n };
    this.#clock = (t, digits = 0) => toIso(startedAt, Math.round(t), digits).slice(11, -1);
    this.keys = bindKeys(this, terminal, doors);
    this.loop = createFrameLoop({
      terminal,
      fps: source.options.fps ?? 4,
      snapshot: () => this.#snapshot(),
      paint: (painter, moment) => this.#paint(painter, moment),
    });
    terminal.onKey((key, character) => this.press(key, character));
    terminal.onResize(() => this.loop.request());
    void source.ended.then((failure) => this.#end(failure));
  }

  /** Whether the view stands still. */
  get isPaused(): boolean {
    return this.#held !== null;
  }

  /** Why the source ended, where it failed. */
  get failure(): string | null {
    return this.#ended?.isFailure ? this.#ended.text : null;
  }

  /** Lines of trouble, the source's first. */
  get remarks(): readonly string[] {
    const ended = this.failure === null ? [] : [this.failure];
    return [...this.#source.problems, ...this.#remarks, ...ended];
  }

  /** Take one key, by the name that `keyName` gives it, with the character that it types. */
  press(key: string, character: string | null = null): void {
    const { state } = this;
    if (state.typing !== null) state.type(key, character);
    else {
      const isOver = state.help !== null || state.sort.menu !== null;
      this.keys.press(key, isOver ? "overlay" : "panels");
    }
    this.#views.clear();
    this.#momentKey = "";
    this.loop.request();
  }

  /** Paint the newest moment, as the loop does for every frame. */
  paint(painter: Painter): void {
    this.#paint(painter, this.#snapshot());
  }

  /** Add a line of trouble; foreign text. */
  remark(text: string): void {
    for (const line of text.split("\n")) if (line.trim() !== "") this.#remarks.push(line);
    if (this.#remarks.length > 50) this.#remarks.splice(0, this.#remarks.length - 50);
    this.loop.request();
  }

  /** Stand still, or go on at the newest moment. What happens meanwhile is collected all the same. */
  togglePause(): void {
    const { trace } = this.#source;
    this.#held = this.isPaused ? null : { watched: holdStill(trace), taken: trace.taken };
    this.#source.setPaused?.(this.isPaused);
    this.#views.clear();
  }

  /** The panel that has the keys. */
  get activePanel(): AnyPanel | undefined {
    return this.state.levels.at(-1)?.panel ?? this.#panels.get(this.state.focus);
  }

  /** Open what the selected row stands for. */
  openSelected(): void {
    const key = this.state.selected;
    const panel = this.activePanel;
    if (key === null || panel === undefined) return;
    const opening = this.#views.get(panel.name)?.view.open(key);
    if (opening) this.state.open(opening);
  }

  #end(failure: string | null): void {
    const { mode } = this.#source;
    const text =
      mode !== "live"
        ? "end of recording"
        : failure === null
          ? "tracing has ended; what was collected stays"
          : `tracing has ended: ${failure}`;
    this.#ended = { text, isFailure: failure !== null };
    this.loop.request();
  }

  #snapshot(): Moment {
    const watched = this.#held?.watched ?? this.#live;
    const missed = this.#held === null ? 0 : this.#source.trace.taken - this.#held.taken;
    const problem = this.#problem();
    const key = `${watched.now} ${this.#source.trace.taken} ${missed} ${this.isPaused} ${problem} ${this.#ended?.text} ${this.state.filter && filterText(this.state.filter)}`;
    if (this.#moment !== null && key === this.#momentKey) return this.#moment;
    this.#momentKey = key;
    const { header, teller, mode, speed = 1 } = this.#source;
    const since = this.#source.since?.() ?? 0;
    const clock = this.#clock;
    const { filter } = this.state;
    const passes = (row: FilterRow | string) =>
      filter === null || filter.passes(typeof row === "string" ? { text: row } : row);
    const { sort } = this.state;
    const sortOf = (panel: string) => sort.of(panel);
    this.#moment = {
      scene: { watched, now: watched.now, since, header, teller, clock, passes, sortOf },
      doing: {
        mode,
        isStarting: !(this.#source.isAttached?.() ?? true),
        speed,
        paused: this.isPaused ? { missed } : null,
        ended: this.#ended,
        filter: filter === null ? null : filterText(filter),
        problem,
      },
    };
    return this.#moment;
  }

  #seenRemarks = 0;

  #problem(): string | null {
    const { remarks } = this;
    const now = performance.now();
    if (remarks.length !== this.#seenRemarks) this.#remarkUntil = now + REMARK_MS;
    this.#seenRemarks = remarks.length;
    return now < this.#remarkUntil ? (remarks.at(-1) ?? null) : null;
  }

  #paint(painter: Painter, { scene, doing }: Moment): void {
    const shown = new Map<string, ShownPanel>();
    paintFrame(painter, {
      scene,
      doing,
      state: this.state,
      panels: this.#panels,
      keys: this.keys,
      remarks: this.remarks,
      show: (panel) => {
        const view = shown.get(panel.name) ?? this.#viewOf(panel, scene);
        shown.set(panel.name, view);
        return view;
      },
    });
  }

  /** The panel's view, made anew unless the last one was costly and is still young. */
  #viewOf(panel: AnyPanel, scene: Scene): ShownPanel {
    const from = performance.now();
    const known = this.#views.get(panel.name);
    if (known !== undefined && from < known.until) return known.view;
    const view = panel.show(scene);
    const took = performance.now() - from;
    const until = took > COSTLY_MS ? from + took * REST : 0;
    this.#views.set(panel.name, { view, until });
    return view;
  }
}
