// Draws the frame of a panel: border, title, and a note on the right.
import { inner } from "./layout.ts";
import type { Painter, Span } from "./painter.ts";

/** The frame of one panel. */
export interface BoxData {
  readonly title: string;
  /** Pieces on the right of the upper border: a count, a filter, the sort order. */
  readonly note?: readonly Span[];
  /** Pieces on the right of the lower border: a key that helps here. */
  readonly foot?: readonly Span[];
  /** Whether the keys go to this panel; also said by a mark before the title, not by colour alone. */
  readonly focused?: boolean;
}

function paintNote(painter: Painter, note: readonly Span[], row: number, least: number): void {
  const width = note.reduce((sum, span) => sum + painter.measure(span.text), 0);
  const from = painter.width - width - 4;
  if (width === 0 || from < least) return;
  painter.text(from, row, " ");
  painter.spans(from + 1, row, note);
  painter.text(from + 1 + width, row, " ");
}

/** Paint pieces on the right of a frame's lower border. */
export function paintFoot(painter: Painter, foot: readonly Span[]): void {
  paintNote(painter, foot, painter.height - 1, 1);
}

/**
 * Paint a frame around a painter's rectangle and return a painter for what is inside.
 *
 * A title that is too long is cut; a note that does not fit beside it is left out.
 */
export function paintBox(painter: Painter, box: BoxData): Painter {
  const { width, height } = painter;
  const { glyphs } = painter.theme;
  const paint = box.focused ? "focus" : "border";
  for (let x = 1; x < width - 1; x++) {
    painter.put(x, 0, glyphs.horizontal, paint);
    painter.put(x, height - 1, glyphs.horizontal, paint);
  }
  for (let y = 1; y < height - 1; y++) {
    painter.put(0, y, glyphs.vertical, paint);
    painter.put(width - 1, y, glyphs.vertical, paint);
  }
  painter.put(0, 0, glyphs.topLeft, paint);
  painter.put(width - 1, 0, glyphs.topRight, paint);
  painter.put(0, height - 1, glyphs.bottomLeft, paint);
  painter.put(width - 1, height - 1, glyphs.bottomRight, paint);

  const mark = box.focused ? `${glyphs.pointer} ` : "";
  const room = Math.max(0, width - 4);
  const used = painter.text(2, 0, ` ${mark}${box.title} `, box.focused ? "focus" : "title", room);
  paintNote(painter, box.note ?? [], 0, 2 + used);
  paintFoot(painter, box.foot ?? []);
  return painter.within(inner({ x: 0, y: 0, width, height }));
}
