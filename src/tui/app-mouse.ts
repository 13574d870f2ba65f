// What the mouse does, when it is on: a click selects, a second one opens, the wheel moves.
import type { Dashboard } from "./app-dashboard.ts";
import { LIST_PANELS } from "./panels/index.ts";
import type { MouseEvent } from "./term.ts";

const WHEEL_ROWS = 3;

/** Takes the events of a terminal's mouse. */
export class MouseHand {
  readonly #dashboard: Dashboard;

  constructor(dashboard: Dashboard) {
    this.#dashboard = dashboard;
  }

  take({ action, x, y }: MouseEvent): void {
    const dashboard = this.#dashboard;
    const { state } = dashboard;
    if (!state.hasMouse || state.typing !== null) return;
    if (state.help !== null || state.sort.menu !== null) {
      if (action !== "press") dashboard.press(action === "wheel-up" ? "up" : "down");
      return;
    }
    const name = this.#panelAt(x, y);
    if (name === null) return;
    if (state.levels.length === 0) state.focus = name;
    if (action === "press") {
      const before = state.selected;
      const isRow = state.point(name, y);
      if (isRow && state.selected === before && before !== null) dashboard.openSelected();
    } else {
      for (let i = 0; i < WHEEL_ROWS; i++) state.move(action === "wheel-up" ? "up" : "down");
    }
    dashboard.refresh();
  }

  /** The panel with rows under the pointer. */
  #panelAt(x: number, y: number): string | null {
    const { state } = this.#dashboard;
    for (const [name, rect] of state.rects) {
      const isInside =
        x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height;
      const hasRows = name === state.active || LIST_PANELS.some((each) => each.name === name);
      if (isInside && hasRows) return name;
    }
    return null;
  }
}
