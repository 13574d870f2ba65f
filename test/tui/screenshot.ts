// Turns the screen of an emulated terminal into a picture.
import { Unicode11Addon } from "@xterm/addon-unicode11";
import xterm from "@xterm/headless";
import { type CellColor, gridToSvg, type PictureColors } from "../../src/tui/screen-svg.ts";
import type { Emulator } from "./harness.ts";

/** Draw what the emulator shows as SVG. */
export function screenToSvg(emulator: Emulator, colors?: PictureColors): string {
  const { active } = emulator.buffer;
  const color = (own: boolean, rgb: boolean, value: number): CellColor =>
    own ? null : rgb ? `#${value.toString(16).padStart(6, "0")}` : value;
  return gridToSvg(
    {
      cols: emulator.cols,
      rows: emulator.rows,
      cell(x, y) {
        const cell = active.getLine(active.viewportY + y)?.getCell(x);
        if (!cell) throw new RangeError(`no cell at ${x},${y}`);
        return {
          ch: cell.getChars(),
          width: cell.getWidth(),
          fg: color(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor()),
          bg: color(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor()),
          bold: cell.isBold() !== 0,
          underline: cell.isUnderline() !== 0,
          inverse: cell.isInverse() !== 0,
        };
      },
    },
    colors,
  );
}

/** Draw what `tmux capture-pane -ep` printed of a screen of this size: a picture of a real run. */
export async function captureToSvg(
  capture: string,
  cols: number,
  rows: number,
  colors?: PictureColors,
): Promise<string> {
  const emulator = new xterm.Terminal({ cols, rows, allowProposedApi: true });
  emulator.loadAddon(new Unicode11Addon());
  emulator.unicode.activeVersion = "11";
  const lines = capture.replace(/\n$/, "").split("\n").join("\r\n");
  await new Promise<void>((resolve) => emulator.write(lines, resolve));
  const svg = screenToSvg(emulator, colors);
  emulator.dispose();
  return svg;
}
