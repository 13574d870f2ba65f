// Draws series as lines of dots, on the canvas of blessed-contrib.
import ContribCanvas from "blessed-contrib/lib/widget/canvas.js";
import type { Layer } from "./chart-area.ts";
import type { Scale } from "./chart-scale.ts";
import type { Painter } from "./painter.ts";

const DOTS_ACROSS = 2;
const DOTS_DOWN = 4;
const BRAILLE = 0x2800;
const UPPER_DOTS = 0b0001_1011;
const LOWER_DOTS = 0b1110_0100;

/** Draws lines; keeps its canvas for as long as the size stays. */
export interface LinePlotter {
  /** Paint all lines; returns the row of each one's newest value, null where it has none. */
  paint(painter: Painter, lines: readonly Layer[], scale: Scale): Array<number | null>;
}

type Screen = ConstructorParameters<typeof ContribCanvas>[0]["screen"];

/** A dot's row for a value, 0 at the top; values beyond the scale stay on its edge. */
function dotRow(value: number, scale: Scale): number {
  const lowest = scale.rows * DOTS_DOWN - 1;
  const part = Math.min(1, Math.max(0, value / scale.max));
  return Math.round((1 - part) * lowest);
}

function glyphOf(painter: Painter, dots: number, line: number): string {
  const { level, marks } = painter.theme.glyphs;
  if (level === "full") return String.fromCharCode(BRAILLE + dots);
  if (level === "ascii") return marks[line % marks.length] ?? "*";
  if ((dots & UPPER_DOTS) === 0) return "▄";
  return (dots & LOWER_DOTS) === 0 ? "▀" : "█";
}

/**
 * Make a plotter on a blessed screen.
 *
 * Of blessed-contrib's line chart only the canvas is used, and never shown: it turns lines into
 * Braille masks, and the cells are painted from those. The chart itself loses three rows below
 * its axis, lays its legend over the newest values, labels 12, 24 and 36 under a top of 50,
 * ignores a resize and throws strings on small sizes.
 */
export function createLinePlotter(screen: unknown): LinePlotter {
  let canvas: InstanceType<typeof ContribCanvas> | null = null;
  const prepare = (width: number, height: number) => {
    canvas ??= new ContribCanvas({ screen: screen as Screen });
    const size = { width: width * DOTS_ACROSS, height: height * DOTS_DOWN };
    if (canvas.canvasSize?.width !== size.width || canvas.canvasSize.height !== size.height) {
      canvas.calcSize = function calcSize(this: { canvasSize: typeof size }) {
        this.canvasSize = size;
      };
      canvas.emit("attach");
    }
    return canvas.ctx;
  };

  return {
    paint(painter, lines, scale) {
      const { width, height } = painter;
      if (width < 1 || height < 1) return lines.map(() => null);
      const context = prepare(width, height);
      const masks = new Uint8Array(width * height);
      lines.forEach((line, index) => {
        context._canvas.clear();
        strokeLine(context, line.values, width, scale);
        context._canvas.content.forEach((dots, at) => {
          if (dots === 0) return;
          masks[at] = (masks[at] ?? 0) | dots;
          const glyph = glyphOf(painter, masks[at] ?? 0, index);
          painter.put(at % width, Math.floor(at / width), glyph, line.paint);
        });
      });
      return lines.map(({ values }) => {
        const newest = values.at(-1) ?? null;
        return newest === null ? null : Math.floor(dotRow(newest, scale) / DOTS_DOWN);
      });
    },
  };
}

function strokeLine(
  context: InstanceType<typeof ContribCanvas>["ctx"],
  values: Layer["values"],
  width: number,
  scale: Scale,
): void {
  context.strokeStyle = "normal";
  context.beginPath();
  for (let column = 0; column < width; column++) {
    const value = values[values.length - width + column] ?? null;
    if (value === null) {
      context.stroke();
      context.beginPath();
      continue;
    }
    const y = dotRow(value, scale);
    context.lineTo(column * DOTS_ACROSS, y);
    const next = values[values.length - width + column + 1] ?? null;
    if (next === null) context.lineTo(column * DOTS_ACROSS + 1, y);
  }
  context.stroke();
}
