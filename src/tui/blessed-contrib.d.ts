// Declares the deep imports of blessed and blessed-contrib that have no types of their own.

declare module "blessed/lib/unicode.js" {
  const unicode: {
    /** Columns that blessed counts for one code point: 0, 1 or 2. */
    charWidth(codePoint: number): number;
  };
  export default unicode;
}

declare module "blessed-contrib/lib/widget/canvas.js" {
  import type { Widgets } from "blessed";

  /** The drawing context of drawille, cut down to what draws lines. */
  export interface CanvasContext {
    strokeStyle: number | string;
    beginPath(): void;
    lineTo(x: number, y: number): void;
    stroke(): void;
    readonly _canvas: {
      /** One Braille mask a cell, row by row. */
      readonly content: Uint8Array;
      clear(): void;
    };
  }

  /** The widget that every chart of blessed-contrib draws on. */
  export interface ContribCanvas extends Widgets.BoxElement {
    /** Dots: two a column, four a row. */
    canvasSize: { width: number; height: number };
    calcSize: () => void;
    readonly ctx: CanvasContext;
  }

  const canvas: new (options: { screen: Widgets.Screen }) => ContribCanvas;
  export default canvas;
}
