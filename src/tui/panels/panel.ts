// What a panel is: a pure view of the trace, and a way to draw it.
import type { Endpoint } from "../../core/endpoint.ts";
import type { RecordingHeader } from "../../event/recording.ts";
import type { Nanoseconds } from "../../event/trace-event.ts";
import type { Teller } from "../dashboard-source.ts";
import type { FilterRow } from "../filter-term.ts";
import type { Painter, Span } from "../painter.ts";
import type { SortChoice, SortOrder } from "../sorting.ts";
import { START_CURSOR, settleCursor, type TableCursor } from "../table-cursor.ts";
import type { TracerCost } from "../tracer-cost.ts";
import type { Watched } from "../watched.ts";

/** What every view is made from. Views read it and change nothing. */
export interface Scene {
  readonly watched: Watched;
  /** The moment that is shown. */
  readonly now: Nanoseconds;
  /** From when on nothing can have been missed; null while the probes are not attached. */
  readonly since: Nanoseconds | null;
  readonly header: RecordingHeader;
  readonly teller: Teller;
  /** Whether the filter lets a row through; a text is a row without fields. */
  passes(row: FilterRow | string): boolean;
  /** The order that the user chose for a panel's rows; null for the panel's own. */
  sortOf(panel: string): SortOrder | null;
  /** What the tracer takes from the host; absent where nothing is traced. */
  readonly cost?: TracerCost | null;
  /** Time of day of a moment, UTC, with so many decimals. */
  clock(t: Nanoseconds, digits?: 0 | 3): string;
}

/** Endpoints that belong together, with what is to be said of them as a whole. */
export interface MembersData {
  readonly about: ReadonlyArray<readonly Span[]>;
  readonly endpoints: readonly Endpoint[];
}

/** What Enter opens: one teardown, or the endpoints behind a row, made anew for each frame. */
export type Opening =
  | { readonly kind: "teardown"; readonly id: string; readonly endpoint: Endpoint }
  | {
      readonly kind: "members";
      readonly id: string;
      readonly title: string;
      of(scene: Scene): MembersData;
    };

/** How a panel is drawn at this moment. */
export interface PanelLook {
  readonly scene: Scene;
  readonly focused: boolean;
  /**
   * Fit the cursor to this many visible rows; the panel remembers where it was. With `followsTop`
   * a cursor on the first row goes on to newer rows, as `tail -f` does.
   */
  settle(visible: number, followsTop?: boolean): TableCursor;
  /** For a panel of lines: the first to show, of so many, where so many are visible. */
  scroll(lines: number, visible: number): number;
}

/** A panel over data of its own kind. */
export interface Panel<Data> {
  readonly name: string;
  readonly title: string;
  /** The title in one word, for a tab; the title when absent. */
  readonly tab?: string;
  /** Pure: equal scenes give equal data. */
  view(scene: Scene): Data;
  /** What its rows can be sorted by; `view` sorts them by `scene.sortOf(name)`. */
  readonly sorts?: readonly SortChoice[];
  /** Identities of the rows, in their order; none for a panel without rows. */
  keys(data: Data): readonly string[];
  /** What Enter opens on a row. */
  open?(data: Data, key: string): Opening | null;
  /** Pieces for the upper border. */
  note?(data: Data): readonly Span[];
  draw(inside: Painter, data: Data, look: PanelLook): void;
}

/** One view of a panel, ready to be asked and drawn. */
export interface ShownPanel {
  readonly keys: readonly string[];
  readonly note: readonly Span[];
  open(key: string): Opening | null;
  draw(inside: Painter, look: PanelLook): void;
}

/** A panel whose kind of data no one else has to know. */
export interface AnyPanel {
  readonly name: string;
  readonly title: string;
  readonly sorts: readonly SortChoice[];
  readonly tab: string;
  show(scene: Scene): ShownPanel;
}

/** Close a panel over its kind of data, so that panels of all kinds stand in one list. */
export function anyPanel<Data>(panel: Panel<Data>): AnyPanel {
  return {
    name: panel.name,
    title: panel.title,
    sorts: panel.sorts ?? [],
    tab: panel.tab ?? panel.title,
    show(scene) {
      const data = panel.view(scene);
      return {
        keys: panel.keys(data),
        note: panel.note?.(data) ?? [],
        open: (key) => panel.open?.(data, key) ?? null,
        draw: (inside, look) => panel.draw(inside, data, look),
      };
    },
  };
}

/** A look for a panel that stands alone, as a test or a picture wants it. */
export function stillLook(scene: Scene, keys: readonly string[]): PanelLook {
  return {
    scene,
    focused: true,
    settle: (visible) => settleCursor(START_CURSOR, keys, visible),
    scroll: () => 0,
  };
}
