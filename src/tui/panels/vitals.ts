// One line on the tracer itself: how much it traces and why, its load, what it costs the host.
import { detailReason } from "../../event/detail.ts";
import { formatBytes, formatShortCount } from "../format.ts";
import type { Painter, Span } from "../painter.ts";
import { paintStatusLine, type StatusItem } from "../status-line.ts";
import type { Scene } from "./panel.ts";
import { timesSpans } from "./times.ts";

const item = (spans: readonly Span[], optional?: number): StatusItem =>
  optional === undefined ? { spans } : { spans, optional };

/** A twentieth of a core is worth a colour: the host is in trouble already. */
const COSTLY = 0.05;

const figure = (name: string, value: string, paint: Span["paint"] = "text"): Span[] => [
  { text: `${name} `, paint: "muted" },
  { text: value, paint },
];

const percent = (share: number) =>
  share > 0 && share < 0.001 ? "<0.1%" : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`;

/** Paint the line; `withTimes` where no panel shows how long teardowns take. */
export function paintVitals(painter: Painter, scene: Scene, withTimes: boolean): void {
  const left = withTimes
    ? [item([{ text: "teardown time", paint: "muted" }, ...timesSpans(scene.watched)])]
    : [item([{ text: "tracer", paint: "title" }])];
  paintStatusLine(painter, {
    left: withTimes ? left : [...left, ...tracerItems(scene)],
    right: withTimes ? tracerItems(scene) : [],
  });
}

function tracerItems({ watched, header, cost }: Scene): StatusItem[] {
  const moved = watched.detail();
  const name = moved?.detail ?? header.detail;
  const why = moved === null ? "" : detailReason(moved);
  const newest = watched.series(1).at(-1);
  const rate = newest === undefined ? 0 : newest.transitions + newest.retransmits + newest.resets;
  const items = [
    item(figure("detail", name), 6),
    ...(why === "" ? [] : [item([{ text: `(${why})`, paint: "muted" }], 1)]),
    ...(name === "aggregate" && header.sampled !== undefined
      ? [item([{ text: `lists 1 in ${header.sampled} that end well`, paint: "muted" }], 5)]
      : []),
    item(figure("load", `${formatShortCount(rate)} ev/s`), 3),
  ];
  if (cost === null || cost === undefined) return items;
  const paintOf = (cpu: number): Span["paint"] => (cpu > COSTLY ? "warn" : "text");
  items.push(
    item(figure("cpu", percent(cost.cpu), paintOf(cost.cpu)), 5),
    item(figure("mem", formatBytes(cost.memoryBytes)), 2),
  );
  const { probe } = cost;
  if (probe !== null) {
    items.push(
      item(figure("bpftrace cpu", percent(probe.cpu), paintOf(probe.cpu)), 4),
      item(figure("mem", formatBytes(probe.memoryBytes)), 2),
    );
  }
  return items;
}
