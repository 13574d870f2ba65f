// Keeps where the user is: which panel has the keys, what is selected in each, what lies over them.
import { type Filter, makeFilter } from "./app-filter.ts";
import { FilterPrompt } from "./filter-prompt.ts";
import type { Rect } from "./layout.ts";
import { membersPanel } from "./panels/members.ts";
import { type AnyPanel, anyPanel, type Opening } from "./panels/panel.ts";
import { timelinePanel } from "./panels/timeline.ts";
import type { PromptRemark } from "./prompt.ts";
import { SortState } from "./sort-state.ts";
import {
  moveCursor,
  pointCursor,
  START_CURSOR,
  settleCursor,
  type TableCursor,
  type TableMotion,
} from "./table-cursor.ts";

/** Where one panel was left: its cursor, or how far its lines are scrolled, and what it last showed. */
interface Place {
  cursor: TableCursor;
  scroll: number;
  keys: readonly string[];
  /** Rows or lines that were visible in the last frame. */
  visible: number;
  /** Lines in all; 0 for a table. */
  lines: number;
}

/** A panel that Enter has opened over the others. */
export interface Level {
  readonly panel: AnyPanel;
  readonly opening: Opening;
}

/** A line that is being typed: it takes all keys until it is done. */
export interface Typing {
  readonly prompt: PromptView;
  /** Give it a key; returns whether it goes on. */
  press(key: string, character: string | null): boolean;
}

/** What of a prompt is painted. */
export interface PromptView {
  readonly label: string;
  readonly text: string;
  readonly at: number;
  readonly remark?: PromptRemark;
}

const START: Place = { cursor: START_CURSOR, scroll: 0, keys: [], visible: 1, lines: 0 };

/** The user's position. Everything is by identity, so new rows move nothing that is selected. */
export class AppState {
  focus: string;
  /** The panel in the place that several share. */
  main: string;
  isZoomed = false;
  help: { scroll: number } | null = null;
  /** A line that is being typed; it takes all keys. */
  typing: Typing | null = null;
  filter: Filter | null = null;
  /** Addresses are shown as made-up ones. */
  isMasked = false;
  hasMouse = false;
  /** The row that stays selected wherever it goes, and is waited for while it is not there. */
  followed: string | null = null;
  readonly sort = new SortState();
  readonly filterPrompt = new FilterPrompt();
  readonly levels: Level[] = [];
  /** Where the panels stood in the last frame. */
  readonly rects = new Map<string, Rect>();
  readonly #places = new Map<string, Place>();

  /** @param filter what to begin with, as it would be typed; one that is none is left out */
  constructor(focus: string, filter: string | null = null) {
    const made = filter === null ? null : makeFilter(filter);
    if (typeof made !== "string") this.filter = made;
    this.focus = focus;
    this.main = focus;
  }

  /** The panel that keys go to: the topmost level, else the one in focus. */
  get active(): string {
    return this.levels.at(-1)?.panel.name ?? this.focus;
  }

  /**
   * Take the rows that a panel shows now and fit its cursor to them.
   *
   * @param followsTop whether a cursor on the first row stays there when newer rows come above it
   */
  settle(name: string, keys: readonly string[], visible: number, followsTop: boolean): TableCursor {
    const place = this.#place(name);
    const { followed } = this;
    const index = followed === null ? -1 : keys.indexOf(followed);
    if (index >= 0) place.cursor = { ...place.cursor, key: followed, index };
    else if (followsTop && place.cursor.index === 0 && keys.length > 0) place.cursor = START_CURSOR;
    place.keys = keys;
    place.visible = visible;
    place.lines = 0;
    place.cursor = settleCursor(place.cursor, keys, visible);
    return place.cursor;
  }

  /** Take the rows that a panel will show in the next frame, for a key that does not wait for it. */
  adopt(name: string, keys: readonly string[]): void {
    const place = this.#place(name);
    place.keys = keys;
    place.cursor = settleCursor(place.cursor, keys, place.visible);
  }

  /** Take the lines that a panel shows now; returns the first visible one. */
  scroll(name: string, lines: number, visible: number): number {
    const place = this.#place(name);
    place.lines = lines;
    place.visible = visible;
    place.scroll = Math.max(0, Math.min(place.scroll, lines - visible));
    return place.scroll;
  }

  /** Lines of a panel that lie below the last visible one. */
  linesBelow(name: string): number {
    const { lines, scroll, visible } = this.#place(name);
    return Math.max(0, lines - scroll - visible);
  }

  /** Move the selection, or the lines, of the panel that has the keys. */
  move(motion: TableMotion): void {
    const place = this.#place(this.active);
    if (place.lines > 0) place.scroll = scrolled(place, motion);
    else {
      this.followed = null;
      place.cursor = moveCursor(place.cursor, motion, place.keys, place.visible);
    }
  }

  /** Select the row at a line of the screen, tables standing at the bottom of their box. */
  point(name: string, y: number): boolean {
    const place = this.#place(name);
    const rect = this.rects.get(name);
    const row = rect === undefined ? -1 : y - (rect.y + rect.height - 1 - place.visible);
    if (place.lines > 0 || row < 0 || row >= place.visible) return false;
    const pointed = pointCursor(place.cursor, row, place.keys);
    if (pointed === place.cursor && place.keys[place.cursor.top + row] === undefined) return false;
    this.followed = null;
    place.cursor = pointed;
    return true;
  }

  /** The selected row of the panel that has the keys, null without one. */
  get selected(): string | null {
    return this.selectedIn(this.active);
  }

  /** The selected row of a panel, as of the last frame. */
  selectedIn(name: string): string | null {
    const { cursor, keys } = this.#place(name);
    return cursor.key !== null && keys.includes(cursor.key) ? cursor.key : null;
  }

  /** Keep the selected row selected wherever it goes, or no longer. */
  toggleFollow(): void {
    this.followed = this.followed === null ? this.selected : null;
  }

  /** Whether the followed row is among those that the panel with the keys shows. */
  get isFollowedShown(): boolean {
    return this.followed !== null && this.#place(this.active).keys.includes(this.followed);
  }

  /** Show the beginning of the active list: in a new order it is what one asked to see. */
  showTop(): void {
    if (this.followed === null) this.#place(this.active).cursor = START_CURSOR;
  }

  /** Lay a panel over the others. */
  open(opening: Opening): void {
    const panel =
      opening.kind === "members"
        ? anyPanel(membersPanel(opening))
        : anyPanel(timelinePanel(opening));
    this.#places.delete(panel.name);
    this.levels.push({ panel, opening });
  }

  /** Close one level: what lies on top, the zoom, the following, the filter. Never ends the program. */
  back(): void {
    if (this.help !== null) this.help = null;
    else if (this.sort.menu !== null) this.sort.menu = null;
    else if (this.levels.length > 0) this.levels.pop();
    else if (this.isZoomed) this.isZoomed = false;
    else if (this.followed !== null) this.followed = null;
    else this.filter = null;
  }

  /** Begin to type a filter, with the present one to change. */
  askFilter(): void {
    const { filterPrompt } = this;
    filterPrompt.open(this.filter);
    this.typing = {
      get prompt() {
        return filterPrompt.view;
      },
      press: (key, character) => {
        const made = filterPrompt.press(key, character);
        if (made === "typing") return true;
        if (made !== "cancelled") this.filter = made;
        return false;
      },
    };
  }

  /** Give a key to the line that is being typed. */
  type(key: string, character: string | null): void {
    const { typing } = this;
    if (typing === null) return;
    if (!typing.press(key, character) && this.typing === typing) this.typing = null;
  }

  /** Show what the filter hides, and hide what it shows. */
  invertFilter(): void {
    if (this.filter !== null) this.filter = this.filterPrompt.inverted(this.filter);
  }

  #place(name: string): Place {
    let place = this.#places.get(name);
    if (place === undefined) {
      place = { ...START };
      this.#places.set(name, place);
    }
    return place;
  }
}

function scrolled({ scroll, lines, visible }: Place, motion: TableMotion): number {
  const page = Math.max(1, visible - 1);
  const targets: Readonly<Record<TableMotion, number>> = {
    up: scroll - 1,
    down: scroll + 1,
    top: 0,
    bottom: lines,
    "page-up": scroll - page,
    "page-down": scroll + page,
    "half-page-up": scroll - Math.ceil(page / 2),
    "half-page-down": scroll + Math.ceil(page / 2),
  };
  return Math.max(0, Math.min(targets[motion], lines - visible));
}
