// Keeps where the user is: which panel has the keys, what is selected in each, what lies over them.

import { type Filter, makeFilter } from "./app-filter.ts";
import { membersPanel } from "./panels/members.ts";
import { type AnyPanel, anyPanel, type Opening } from "./panels/panel.ts";
import { timelinePanel } from "./panels/timeline.ts";
import { openPrompt, type PromptState, pressPrompt } from "./prompt.ts";
import {
  moveCursor,
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

const START: Place = { cursor: START_CURSOR, scroll: 0, keys: [], visible: 1, lines: 0 };

/** The user's position. Everything is by identity, so new rows move nothing that is selected. */
export class AppState {
  focus: string;
  isZoomed = false;
  help: { scroll: number } | null = null;
  /** A line that is being typed; it takes all keys. */
  prompt: PromptState | null = null;
  filter: Filter | null = null;
  readonly levels: Level[] = [];
  readonly #places = new Map<string, Place>();

  constructor(focus: string) {
    this.focus = focus;
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
    if (followsTop && place.cursor.index === 0 && keys.length > 0) place.cursor = START_CURSOR;
    place.keys = keys;
    place.visible = visible;
    place.lines = 0;
    place.cursor = settleCursor(place.cursor, keys, visible);
    return place.cursor;
  }

  /** Take the lines that a panel shows now; returns the first visible one. */
  scroll(name: string, lines: number, visible: number): number {
    const place = this.#place(name);
    place.lines = lines;
    place.visible = visible;
    place.scroll = Math.max(0, Math.min(place.scroll, lines - visible));
    return place.scroll;
  }

  /** Move the selection, or the lines, of the panel that has the keys. */
  move(motion: TableMotion): void {
    const place = this.#place(this.active);
    if (place.lines > 0) place.scroll = scrolled(place, motion);
    else place.cursor = moveCursor(place.cursor, motion, place.keys, place.visible);
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

  /** Lay a panel over the others. */
  open(opening: Opening): void {
    const panel =
      opening.kind === "members"
        ? anyPanel(membersPanel(opening))
        : anyPanel(timelinePanel(opening));
    this.#places.delete(panel.name);
    this.levels.push({ panel, opening });
  }

  /** Close one level: help, the topmost panel, the zoom, the filter. Never ends the program. */
  back(): void {
    if (this.help !== null) this.help = null;
    else if (this.levels.length > 0) this.levels.pop();
    else if (this.isZoomed) this.isZoomed = false;
    else this.filter = null;
  }

  /** Begin to type a filter, with the present one to change. */
  askFilter(): void {
    this.prompt = openPrompt("filter /", this.filter?.text ?? "");
  }

  /** Give a key to the line that is being typed; an empty line takes the filter away. */
  type(key: string, character: string | null): void {
    if (this.prompt === null) return;
    const step = pressPrompt(this.prompt, key, character);
    this.prompt = step.kind === "editing" ? step.prompt : null;
    if (step.kind !== "done") return;
    if (step.text === "") this.filter = null;
    else {
      const made = makeFilter(step.text, this.filter?.isInverted);
      if (made === null) this.prompt = openPrompt("no regular expression /", step.text);
      else this.filter = made;
    }
  }

  /** Show what the filter hides, and hide what it shows. */
  invertFilter(): void {
    if (this.filter !== null) this.filter = makeFilter(this.filter.text, !this.filter.isInverted);
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
