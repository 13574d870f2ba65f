// Keeps by which column each list is sorted, and the menu that asks for it.
import type { OverlayData, OverlayLine } from "./overlay.ts";
import { orderBy, type SortChoice, type SortOrder, shiftOrder } from "./sorting.ts";
import type { TableMotion } from "./table-cursor.ts";

/** The orders that the user chose, by panel. */
export class SortState {
  /** The open menu: the panel's own order first, then its columns. */
  menu: { readonly panel: string; readonly choices: readonly SortChoice[]; at: number } | null =
    null;
  readonly #orders = new Map<string, SortOrder>();

  of(panel: string): SortOrder | null {
    return this.#orders.get(panel) ?? null;
  }

  /** Ask for the column; a panel in a fixed order asks nothing. */
  ask(panel: string, choices: readonly SortChoice[]): void {
    if (choices.length === 0) return;
    const at = choices.findIndex(({ id }) => id === this.of(panel)?.column) + 1;
    this.menu = { panel, choices, at };
  }

  /** Move in the menu. */
  move(motion: TableMotion): void {
    if (this.menu === null) return;
    const { choices, at } = this.menu;
    const last = choices.length;
    const by: Partial<Record<TableMotion, number>> = { up: at - 1, down: at + 1, top: 0 };
    this.menu.at = Math.max(0, Math.min(last, by[motion] ?? last));
  }

  /** Take the menu's choice; the column that already sorts is turned round. */
  choose(): void {
    if (this.menu === null) return;
    const { panel, choices, at } = this.menu;
    this.menu = null;
    const choice = choices[at - 1];
    const isAgain = choice !== undefined && choice.id === this.of(panel)?.column;
    if (isAgain) this.reverse(panel);
    else this.#set(panel, orderBy(choice));
  }

  /** Sort by the next column to the left or right. */
  shift(panel: string, choices: readonly SortChoice[], by: 1 | -1): void {
    if (choices.length > 0) this.#set(panel, shiftOrder(choices, this.of(panel), by));
  }

  reverse(panel: string): void {
    const order = this.of(panel);
    if (order !== null) this.#set(panel, { ...order, descending: !order.descending });
  }

  /** The menu as an overlay; null while it is closed. */
  overlay(): OverlayData | null {
    if (this.menu === null) return null;
    const { panel, choices, at } = this.menu;
    const order = this.of(panel);
    const names = [{ id: null, title: "the list's own order" }, ...choices];
    const lines = names.map(({ id, title }, index): OverlayLine => {
      const isNow = id === (order?.column ?? null);
      const way = order === null || id === null ? "" : order.descending ? " (down)" : " (up)";
      const text = ` ${title}${isNow ? way : ""} `;
      return [{ text, paint: index === at ? "selection" : isNow ? "accent" : "text" }];
    });
    return { title: "Sort by", lines, foot: "Enter sorts, q or Esc closes" };
  }

  #set(panel: string, order: SortOrder | null): void {
    if (order === null) this.#orders.delete(panel);
    else this.#orders.set(panel, order);
  }
}
