// Draws values over time: a legend, a steady axis, and stacked areas or lines.
import { type Layer, paintArea } from "./chart-area.ts";
import { createLinePlotter, type LinePlotter } from "./chart-lines.ts";
import { chooseScale, type Scale, scaleLabels } from "./chart-scale.ts";
import { paintTimeAxis, type TimeAxis } from "./chart-time-axis.ts";
import { formatShortCount, UNKNOWN } from "./format.ts";
import type { Painter } from "./painter.ts";

/** One series of a chart. */
export interface ChartSeries extends Layer {
  readonly name: string;
  /** The sign at its newest value and in the legend, one column wide; by its place when absent. */
  readonly mark?: string;
}

/** What a chart shows. */
export interface ChartData extends TimeAxis {
  /**
   * `area` stacks the series, the first at the bottom: put what is rare there, where its boundary is
   * exact to an eighth of a row. `lines` lays them over each other, the last on top.
   */
  readonly kind: "area" | "lines";
  /** Values from the oldest to the newest; the newest that fit are shown, see {@link plotColumns}. */
  readonly series: readonly ChartSeries[];
  /** False where the names stand elsewhere: the plot takes the legend's row. */
  readonly legend?: boolean;
  /** How values are written on the axis and in the legend; short counts when absent. */
  format?(value: number): string;
}

/** A chart on the screen; it remembers its scale from frame to frame. */
export interface Chart {
  paint(painter: Painter, data: ChartData): void;
}

const LABEL_WIDTH = 5;
const AXIS_WIDTH = LABEL_WIDTH + 1;
const MARK_WIDTH = 1;
const VALUE_WIDTH = 5;
const LEAST_WIDTH = 16;
const LEAST_HEIGHT = 4;

/** How many values, one a column, a chart of this width shows. */
export function plotColumns(width: number): number {
  return Math.max(0, width - AXIS_WIDTH - MARK_WIDTH);
}

const markOf = (painter: Painter, { mark }: ChartSeries, index: number) => {
  const { marks } = painter.theme.glyphs;
  return mark ?? marks[index % marks.length] ?? "*";
};

const formatOf = (data: ChartData) => data.format?.bind(data) ?? formatShortCount;

/** Share columns among entries: none gets more than it wants, the longest are cut first. */
function shareColumns(wanted: readonly number[], room: number): number[] {
  const shares = wanted.map(() => 0);
  let left = room;
  const byWant = wanted.map((want, index) => ({ want, index })).sort((a, b) => a.want - b.want);
  byWant.forEach(({ want, index }, done) => {
    const share = Math.min(want, Math.floor(left / (byWant.length - done)));
    shares[index] = share;
    left -= share;
  });
  return shares;
}

/** The legend in one line: with the moment's values if they fit, else names, else shortened names. */
function paintLegend(painter: Painter, data: ChartData): void {
  const wanted = data.series.map(({ name }) => painter.measure(name) + 2);
  const room = painter.width - 2 * (data.series.length - 1);
  const names = wanted.reduce((sum, width) => sum + width, 0);
  const withValues = names + (VALUE_WIDTH + 1) * data.series.length <= room;
  const shares = shareColumns(wanted, room);
  let x = 0;
  data.series.forEach((series, index) => {
    const { name, values, paint } = series;
    const width = shares[index] ?? 0;
    painter.put(x, 0, markOf(painter, series, index), paint);
    painter.text(x + 2, 0, painter.fit(name, width - 2), "text", width - 2);
    x += width;
    if (withValues) {
      const shown = values.at(-1 - (data.ahead ?? 0)) ?? null;
      const value = shown === null ? UNKNOWN : formatOf(data)(shown);
      painter.text(x, 0, painter.fit(value, VALUE_WIDTH + 1, "right"), "title");
      x += VALUE_WIDTH + 1;
    }
    x += 2;
  });
}

/** The vertical axis beside the plot, and the time axis below it with its labels set into the line. */
function paintAxes(painter: Painter, data: ChartData, scale: Scale): void {
  const { glyphs } = painter.theme;
  const bottom = scale.rows;
  const label = (value: number) => painter.fit(formatOf(data)(value), LABEL_WIDTH, "right");
  for (let y = 0; y < bottom; y++) painter.put(LABEL_WIDTH, y, glyphs.vertical, "border");
  for (const { row, value } of scaleLabels(scale)) {
    painter.text(0, row, label(value), "muted", LABEL_WIDTH);
    painter.put(LABEL_WIDTH, row, glyphs.tick, "border");
  }
  painter.text(0, bottom, label(0), "muted", LABEL_WIDTH);
  painter.put(LABEL_WIDTH, bottom, glyphs.corner, "border");
  const columns = plotColumns(painter.width);
  paintTimeAxis(painter.within({ x: AXIS_WIDTH, y: bottom, width: columns, height: 1 }), data);
}

/** The series' marks beside their newest values, or in the nearest row that is free. */
function paintMarks(painter: Painter, data: ChartData, rows: ReadonlyArray<number | null>): void {
  const taken = new Set<number>();
  const isFree = (row: number) => row >= 0 && row < painter.height && !taken.has(row);
  data.series.forEach((series, index) => {
    const wanted = rows[index] ?? null;
    if (wanted === null) return;
    const row = [wanted, wanted - 1, wanted + 1].find(isFree);
    if (row === undefined) return;
    taken.add(row);
    painter.put(painter.width - 1, row, markOf(painter, series, index), series.paint);
  });
}

/** A line at the moment that is shown, behind the values, where later ones stand beside it. */
function paintMoment(plot: Painter, { ahead = 0 }: ChartData): void {
  if (ahead === 0) return;
  const column = { x: plot.width - ahead - 1, y: 0, width: 1, height: plot.height };
  plot.fill(column, plot.theme.glyphs.vertical, "accent");
}

/** The newest values that fit; what is no finite number counts as not known. */
function visible(data: ChartData, columns: number): ChartData {
  const known = (value: number | null) => (Number.isFinite(value) ? value : null);
  const series = data.series.map((each) => {
    return { ...each, values: each.values.slice(-columns).map(known) };
  });
  return { ...data, series };
}

function highest(data: ChartData, columns: number): number {
  let max = 0;
  for (let back = 1; back <= columns; back++) {
    const values = data.series.map((series) => Math.max(0, series.values.at(-back) ?? 0));
    const value =
      data.kind === "area" ? values.reduce((sum, v) => sum + v, 0) : Math.max(0, ...values);
    max = Math.max(max, value);
  }
  return max;
}

/**
 * Make a chart.
 *
 * Legible from 16 by 4 cells; below that it stays blank. Every series has a mark, in the legend
 * and at its newest value, so that the chart can be read without colours.
 *
 * @param screen blessed's screen, for the canvas that lines are drawn on
 */
export function createChart(screen: unknown): Chart {
  let plotter: LinePlotter | null = null;
  let scale: Scale | null = null;
  return {
    paint(painter, given) {
      const { width, height } = painter;
      if (width < LEAST_WIDTH || height < LEAST_HEIGHT || given.series.length === 0) return;
      const columns = plotColumns(width);
      const top = given.legend === false ? 0 : 1;
      const rows = height - 1 - top;
      const data = visible(given, columns);
      scale = chooseScale(highest(data, columns), rows, scale, data.format === undefined);
      if (top > 0) paintLegend(painter.within({ x: 1, y: 0, width: width - 1, height: 1 }), data);
      paintAxes(painter.within({ x: 0, y: top, width, height: rows + 1 }), data, scale);
      const plot = painter.within({ x: AXIS_WIDTH, y: top, width: columns, height: rows });
      paintMoment(plot, data);
      let marks: Array<number | null>;
      if (data.kind === "area") marks = paintArea(plot, data.series, scale);
      else {
        plotter ??= createLinePlotter(screen);
        marks = plotter.paint(plot, data.series, scale);
      }
      paintMarks(painter.within({ x: 0, y: top, width, height: rows }), data, marks);
    },
  };
}
