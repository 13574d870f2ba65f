// Shows who holds connections that the peer has closed: CLOSE_WAIT by owner, or by listener.
import type { Endpoint } from "../../core/endpoint.ts";
import type { Nanoseconds } from "../../event/trace-event.ts";
import type { FilterRow } from "../filter-term.ts";
import { formatCount, formatDuration, UNKNOWN } from "../format.ts";
import type { Span } from "../painter.ts";
import { type SortColumn, sortRows } from "../sorting.ts";
import { paintTable, type TableColumn, visibleRows } from "../table.ts";
import { stateSince } from "./endpoint-cells.ts";
import { emptyText } from "./hidden.ts";
import { groupByHolder, type Holding, holdingKey } from "./holdings.ts";
import type { MembersData, Panel, Scene } from "./panel.ts";
import { severitySpan } from "./severity.ts";

/** Holders, the most connections first. */
export interface CloseWaitData {
  readonly holdings: readonly Holding[];
  readonly hidden: number;
  readonly total: number;
  readonly now: Nanoseconds;
}

const COLUMNS: readonly TableColumn[] = [
  { id: "severity", title: "", width: 2 },
  { id: "owner", title: "OWNER", width: 15, grow: 1 },
  { id: "pid", title: "PID", width: 7, align: "right", optional: 5 },
  { id: "count", title: "COUNT", width: 5, align: "right" },
  { id: "growth", title: "GROWTH", width: 8, align: "right", optional: 4 },
  { id: "oldest", title: "OLDEST", width: 7, align: "right" },
  { id: "descriptors", title: "FDS LEFT", width: 8, align: "right", optional: 3 },
  { id: "reading", title: "UNREAD", width: 13, grow: 3 },
  { id: "cause", title: "WHY", width: 34, grow: 1, optional: 2 },
  { id: "command", title: "COMMAND", width: 16, grow: 4, optional: 1 },
];

const NAME = "close-wait";

const SORTS: readonly SortColumn<Holding>[] = [
  { id: "owner", title: "owner", by: ({ name }) => name },
  { id: "pid", title: "pid", by: ({ pid }) => pid },
  { id: "count", title: "count", by: ({ count }) => count, descendsFirst: true },
  { id: "growth", title: "growth", by: ({ lastMinute }) => lastMinute, descendsFirst: true },
  { id: "oldest", title: "oldest", by: ({ since }, now) => now - since, descendsFirst: true },
  { id: "descriptors", title: "descriptors left", by: ({ descriptorsLeft }) => descriptorsLeft },
];

function rowOf(holding: Holding, now: Nanoseconds): FilterRow {
  const { name, command, pid, count, since } = holding;
  return {
    text: `${name} ${command ?? ""}`,
    state: "CLOSE_WAIT",
    comm: [name],
    ...(pid !== null && { pid: [pid] }),
    count,
    age: (now - since) / 1e6,
  };
}

/** CLOSE_WAIT by owner: how many, how old, what of the stream is unread. */
export const closeWaitPanel: Panel<CloseWaitData> = {
  name: NAME,
  title: "CLOSE_WAIT by owner",
  tab: "Owners",
  sorts: SORTS,
  view({ watched, now, passes, sortOf }) {
    const all = groupByHolder(watched);
    const shown = all.filter((each) => passes(rowOf(each, now)));
    const holdings = sortRows(shown, SORTS, sortOf(NAME), now);
    return { holdings, hidden: all.length - shown.length, total: watched.count("CLOSE_WAIT"), now };
  },
  keys: ({ holdings }) => holdings.map(({ key }) => key),
  open({ holdings }, key) {
    const holding = holdings.find((each) => each.key === key);
    if (holding === undefined) return null;
    const title = `CLOSE_WAIT ${holding.isListener ? "not accepted by" : "of"} ${holding.name}`;
    return { kind: "members", id: key, title, of: (scene) => members(scene, holding) };
  },
  note: ({ total }) => [{ text: formatCount(total), paint: total > 0 ? "CLOSE_WAIT" : "muted" }],
  draw(inside, { holdings, hidden, now }, look) {
    const sort = look.scene.sortOf(NAME);
    paintTable(inside, {
      columns: COLUMNS,
      ...(sort !== null && { sort }),
      count: holdings.length,
      cursor: look.settle(visibleRows(inside.height)),
      focused: look.focused,
      empty: emptyText("no application keeps a closed connection open", hidden),
      row(index) {
        const holding = holdings[index];
        if (holding === undefined) return { key: "", cells: [] };
        const { key, severity, pid, count, command } = holding;
        return {
          key,
          cells: [
            severity === null ? "" : severitySpan(inside.theme, severity),
            { text: holding.name, paint: holding.isListener ? "accent" : "title" },
            { text: pid === null ? UNKNOWN : String(pid), paint: "muted" },
            { text: formatCount(count), paint: "CLOSE_WAIT" },
            growthSpan(holding.lastMinute),
            ageText(holding, now),
            descriptorsSpan(holding.descriptorsLeft),
            readingSpan(holding.readings),
            { text: holding.cause, paint: "text" },
            { text: command ?? UNKNOWN, paint: "muted" },
          ],
        };
      },
    });
  },
};

/** `+12/min`: that many came in the last minute and are still held. */
function growthSpan(lastMinute: number): Span {
  if (lastMinute === 0) return { text: "0/min", paint: "muted" };
  return { text: `+${formatCount(lastMinute)}/min`, paint: "warn" };
}

/** Below this many descriptors the next accept() or open() may fail at any moment. */
const FEW_DESCRIPTORS = 200;

function descriptorsSpan(left: number | null): Span {
  if (left === null) return { text: UNKNOWN, paint: "muted" };
  return { text: formatCount(left), paint: left < FEW_DESCRIPTORS ? "critical" : "text" };
}

function ageText({ since, atLeast }: Holding, now: Nanoseconds): string {
  return (atLeast ? ">" : "") + formatDuration(Math.max(0, now - since) / 1e6);
}

/** `drained`, or the readings by number where they differ. Data unread is worth a colour. */
function readingSpan(readings: Holding["readings"]): Span {
  const sorted = [...readings].sort((a, b) => b[1] - a[1]);
  const [only] = sorted;
  const text =
    sorted.length === 1 && only !== undefined
      ? only[0]
      : sorted.map(([reading, count]) => `${count} ${reading}`).join(", ");
  return { text, paint: readings.has("data-unread") ? "warn" : "text" };
}

function members({ watched, now }: Scene, opened: Holding): MembersData {
  const endpoints: Endpoint[] = [];
  for (const endpoint of watched.waiting("CLOSE_WAIT")) {
    if (holdingKey(watched, endpoint) === opened.key) endpoints.push(endpoint);
  }
  endpoints.sort((a, b) => stateSince(a) - stateSince(b));
  const process =
    opened.pid === null ? undefined : watched.process(opened.pid, endpoints[0]?.ownedAt);
  const oldest = endpoints[0];
  const count =
    endpoints.length === 1 ? "1 connection" : `${formatCount(endpoints.length)} connections`;
  const age =
    oldest === undefined
      ? ""
      : `, the oldest for ${formatDuration((now - stateSince(oldest)) / 1e6)}`;
  const about: Span[][] = [
    [
      { text: opened.name, paint: "title" },
      { text: opened.pid === null ? "" : ` pid ${opened.pid}`, paint: "muted" },
    ],
    [
      {
        text: `${count} in CLOSE_WAIT${age}`,
        paint: endpoints.length > 0 ? "CLOSE_WAIT" : "muted",
      },
    ],
  ];
  const facts: ReadonlyArray<readonly [string, string | number | null | undefined]> = [
    ["command", process?.cmdline],
    ["program", process?.exe],
    ["unit", process?.unit],
    ["container", process?.container],
    [
      "descriptors",
      process?.fdLimit == null ? null : `${process.fdCount ?? "?"} of ${process.fdLimit}`,
    ],
  ];
  for (const [name, value] of facts) {
    if (value != null) about.push([{ text: `${name} `, paint: "muted" }, { text: String(value) }]);
  }
  return { about, endpoints };
}
