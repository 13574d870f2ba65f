// The dashboard on an open terminal: turns the newest state into frames and keys into motions.
import { parseStartedAt, type StartedAt, toIso } from "../event/time.ts";
import { DashboardActions } from "./app-actions.ts";
import { filterText } from "./app-filter.ts";
import type { Doing } from "./app-health.ts";
import { bindKeys } from "./app-keys.ts";
import { MouseHand } from "./app-mouse.ts";
import { Remarks } from "./app-remarks.ts";
import { AppState } from "./app-state.ts";
import { paintFrame } from "./app-view.ts";
import { createChart } from "./chart.ts";
import type { DashboardSource } from "./dashboard-source.ts";
import type { FilterRow } from "./filter-term.ts";
import { createFrameLoop, type FrameLoop } from "./frame.ts";
import type { KeyDispatcher } from "./key-dispatch.ts";
import { Masking, maskTeller, maskWatched } from "./masked.ts";
import type { Painter } from "./painter.ts";
import { createPanels } from "./panels/index.ts";
import type { AnyPanel, Scene, ShownPanel } from "./panels/panel.ts";
import type { Display } from "./term.ts";
import { type Watched, watch } from "./watched.ts";

/** How the user leaves, or stops for a while. */
export interface Doors {
  quit(printsScreen: boolean): void;
  suspend(): void;
}

/** A view that took this long is kept for a while, so that views take a twentieth of the time at most. */
const COSTLY_MS = 8;
const REST = 20;

/** One moment of the dashboard. */
interface Moment {
  readonly scene: Scene;
  readonly doing: Doing;
}

/** Runs on a terminal that somebody else opens and closes. */
export class Dashboard {
  readonly state: AppState;
  readonly loop: FrameLoop;
  readonly keys: KeyDispatcher;
  readonly actions: DashboardActions;
  readonly #source: DashboardSource;
  readonly #panels: ReadonlyMap<string, AnyPanel>;
  readonly #live: Watched;
  /** When `t` = 0 was. */
  readonly startedAt: StartedAt;
  readonly clock: Scene["clock"];
  readonly #remarks = new Remarks();
  readonly #views = new Map<string, { view: ShownPanel; until: number }>();
  readonly #masking: Masking;
  #ended: Doing["ended"] = null;
  #moment: Moment | null = null;
  #momentKey = "";

  constructor(terminal: Display, source: DashboardSource, doors: Doors) {
    this.#source = source;
    this.state = new AppState("teardowns", source.filter ?? null);
    this.#panels = createPanels(createChart(terminal.screen));
    this.#live = watch(source.cursor);
    this.#masking = new Masking((text) => source.maskAddress?.(text) ?? null);
    this.startedAt = parseStartedAt(source.header.startedAt) ?? { epochNs: 0n };
    this.clock = (t, digits = 0) => toIso(this.startedAt, Math.round(t), digits).slice(11, -1);
    this.actions = new DashboardActions(this, terminal);
    this.keys = bindKeys(this, terminal, doors);
    this.loop = createFrameLoop({
      terminal,
      fps: source.options.fps ?? 4,
      snapshot: () => this.#snapshot(),
      paint: (painter, moment) => this.#paint(painter, moment),
    });
    terminal.onKey((key, character) => this.press(key, character));
    const hand = new MouseHand(this);
    terminal.onMouse((event) => hand.take(event));
    if (source.options.mouse === true) this.actions.toggleMouse();
    terminal.onResize(() => this.loop.request());
    void source.ended.then((failure) => this.#end(failure));
  }

  /** Whether the view stands still. */
  get isPaused(): boolean {
    return this.#source.cursor.isPaused;
  }

  /** Why the source ended, where it failed. */
  get failure(): string | null {
    return this.#ended?.isFailure ? this.#ended.text : null;
  }

  /** Lines of trouble, the source's first. */
  get remarks(): readonly string[] {
    const ended = this.failure === null ? [] : [this.failure];
    return [...this.#source.problems, ...this.#remarks.own, ...ended];
  }

  /** Take one key, by the name that `keyName` gives it, with the character that it types. */
  press(key: string, character: string | null = null): void {
    const { state } = this;
    this.#findRows();
    // Back to the shell leads from a prompt too: who types there is not caught in it.
    if (state.typing !== null && key !== "C-z") state.type(key, character);
    else {
      const isOver = state.help !== null || state.sort.menu !== null;
      this.keys.press(key, isOver ? "overlay" : "panels");
    }
    this.refresh();
  }

  /** A key that comes before the frame that shows what the last one did finds its rows all the same. */
  #findRows(): void {
    const panel = this.activePanel;
    if (panel === undefined || this.#views.has(panel.name)) return;
    this.state.adopt(panel.name, this.#viewOf(panel, this.#snapshot().scene).keys);
  }

  /** Paint the newest moment, as the loop does for every frame. */
  paint(painter: Painter): void {
    this.#paint(painter, this.#snapshot());
  }

  /** Add a line of trouble; foreign text. */
  remark(text: string): void {
    this.#remarks.add(text);
    this.loop.request();
  }

  /** The source and its cursor, for the keys. */
  get source(): DashboardSource {
    return this.#source;
  }

  /** Say something in the status line for a while; foreign text. */
  say(text: string, isTrouble = false): void {
    this.#remarks.say(text, isTrouble);
    this.refresh();
  }

  /** Draw soon, from the data of now. */
  refresh(): void {
    this.#views.clear();
    this.#momentKey = "";
    this.loop.request();
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
    const { isMasked } = this.state;
    const { cursor, mode, speed = 1 } = this.#source;
    const masking = this.#masking;
    const watched = isMasked ? maskWatched(this.#live, masking) : this.#live;
    const problem = this.#remarks.newestOf(this.remarks);
    const { notice } = this.#remarks;
    const starting = this.#source.starting?.() ?? null;
    const key = `${watched.now} ${cursor.trace.taken} ${cursor.ahead} ${cursor.progress} ${cursor.isPaused} ${problem} ${notice?.text} ${starting} ${this.#ended?.text}`;
    if (this.#moment !== null && key === this.#momentKey) return this.#moment;
    this.#momentKey = key;
    const header = isMasked ? masking.data(this.#source.header) : this.#source.header;
    const teller = isMasked ? maskTeller(this.#source.teller, masking) : this.#source.teller;
    const since = this.#source.since ? this.#source.since() : 0;
    const clock = this.clock;
    const { filter } = this.state;
    const passes = (row: FilterRow | string) =>
      filter === null || filter.passes(typeof row === "string" ? { text: row } : row);
    const sortOf = (panel: string) => this.state.sort.of(panel);
    const cost = this.#source.cost?.() ?? null;
    this.#moment = {
      scene: { watched, now: watched.now, since, header, teller, clock, passes, sortOf, cost },
      doing: {
        mode,
        starting,
        speed,
        paused: cursor.isPaused ? { missed: cursor.ahead, progress: cursor.progress } : null,
        isMasked,
        notice,
        ended: this.#ended,
        filter: filter === null ? null : filterText(filter),
        problem,
      },
    };
    return this.#moment;
  }

  #paint(painter: Painter, { scene, doing }: Moment): void {
    const { isMasked } = this.state;
    const shown = new Map<string, ShownPanel>();
    paintFrame(painter, {
      scene,
      doing,
      state: this.state,
      panels: this.#panels,
      keys: this.keys,
      remarks: isMasked ? this.remarks.map(this.#masking.text) : this.remarks,
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
