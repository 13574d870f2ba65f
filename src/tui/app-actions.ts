// What keys do to the moment that is shown and to what is written: time, exports, mask, mouse.
import type { Endpoint } from "../core/endpoint.ts";
import type { Finding } from "../core/finding.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import type { Dashboard } from "./app-dashboard.ts";
import type { Display } from "./term.ts";
import { askTime } from "./time-prompt.ts";

/** What the charts show at most. */
const WINDOW_NS = 900e9;

/** The actions of one dashboard. */
export class DashboardActions {
  readonly #dashboard: Dashboard;
  readonly #terminal: Display;

  constructor(dashboard: Dashboard, terminal: Display) {
    this.#dashboard = dashboard;
    this.#terminal = terminal;
  }

  /** Stand still, or go on. What happens meanwhile is collected all the same. */
  togglePause(): void {
    const { cursor } = this.#dashboard.source;
    if (cursor.isPaused) cursor.resume();
    else cursor.pause();
    this.#dashboard.refresh();
  }

  /** Ask for a moment and go there. */
  askTime(): void {
    const { cursor } = this.#dashboard.source;
    this.#dashboard.state.typing = askTime({
      startedAt: this.#dashboard.startedAt,
      newestNs: cursor.newestNs,
      oldestNs: cursor.oldestNs ?? 0,
      clock: this.#dashboard.clock,
      go: (t) => this.goTo(t),
    });
  }

  /** Show a moment; where the history begins later, its beginning, and say so. */
  goTo(t: Nanoseconds): void {
    const { cursor } = this.#dashboard.source;
    const oldest = cursor.oldestNs;
    cursor.seek(t);
    if (cursor.isBeginningGone && oldest !== null && t <= oldest) {
      this.#dashboard.say(
        `history begins at ${this.#dashboard.clock(oldest)}; what is older was dropped, see --history`,
      );
    }
  }

  toggleMouse(): void {
    const { state } = this.#dashboard;
    state.hasMouse = !state.hasMouse;
    this.#terminal.setMouse(state.hasMouse);
    this.#dashboard.say(
      state.hasMouse
        ? "mouse on: click selects, wheel moves; m lets text be selected again"
        : "mouse off: the terminal selects text",
    );
  }

  toggleMask(): void {
    this.#dashboard.state.isMasked =
      !this.#dashboard.state.isMasked && this.#dashboard.source.maskAddress !== undefined;
  }

  /** Write the incident that is selected, or the window of the charts, as a recording. */
  exportRange(): void {
    const { cursor, exportRange } = this.#dashboard.source;
    if (exportRange === undefined) return;
    const { isMasked } = this.#dashboard.state;
    const toNs = cursor.trace.now;
    const about = this.#selectedIncident();
    const request = { fromNs: Math.max(0, toNs - WINDOW_NS), toNs, isMasked, ...about };
    this.#tell("writing the recording", exportRange(request));
  }

  /** Write the last frame as text. */
  exportScreen(): void {
    const text = `${this.#terminal.frame.text()}\n`;
    const written = this.#dashboard.source.exportText?.(
      text,
      this.#dashboard.source.cursor.trace.now,
    );
    if (written !== undefined) this.#tell("writing the screen", written);
  }

  #tell(doing: string, result: Promise<string>): void {
    this.#dashboard.say(doing);
    result.then(
      (text) => this.#dashboard.say(text),
      (error: unknown) =>
        this.#dashboard.say(error instanceof Error ? error.message : String(error), true),
    );
  }

  /** The finding or the teardown that is selected or open, by the trace's own data. */
  #selectedIncident(): { finding?: Finding; endpoint?: Endpoint } {
    const { levels, selected, active } = this.#dashboard.state;
    const { trace } = this.#dashboard.source.cursor;
    const findings = trace.findings();
    const opening = levels.at(-1)?.opening;
    if (opening?.kind === "teardown") {
      const endpoint = trace.endpoint(opening.id);
      return endpoint === undefined ? {} : { endpoint };
    }
    const id = opening?.id ?? (active === "findings" ? selected : null);
    const finding = findings.find((each) => each.id === id);
    return finding === undefined ? {} : { finding };
  }
}
