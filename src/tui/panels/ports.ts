// Shows who takes the local ports: TIME_WAIT by destination and by listener, what is left, for how long.
import type { FilterRow } from "../filter-term.ts";
import { formatCount, formatDuration, formatShortCount, UNKNOWN } from "../format.ts";
import type { Span } from "../painter.ts";
import { type SortColumn, sortRows } from "../sorting.ts";
import { exactBar } from "../spark.ts";
import { paintTable, type TableColumn, visibleRows } from "../table.ts";
import type { Role, Theme } from "../theme.ts";
import { emptyText } from "./hidden.ts";
import type { Panel } from "./panel.ts";
import { destinationRow, listenerRow, type PortRow, portMembers } from "./port-rows.ts";

/** Destinations, the scarcest first, then listeners. */
export interface PortsData {
  readonly rows: readonly PortRow[];
  readonly hidden: number;
  readonly waiting: number;
}

const BAR = 10;
const COLUMNS: readonly TableColumn[] = [
  { id: "kind", title: "", width: 2 },
  { id: "where", title: "WHERE", width: 18, grow: 3, keeps: "end" },
  { id: "from", title: "FROM", width: 12, grow: 1, optional: 2 },
  { id: "waiting", title: "TIME_WAIT", width: 9, align: "right" },
  { id: "used", title: "IN USE", width: 7, align: "right", optional: 4 },
  { id: "left", title: "LEFT", width: 7, align: "right" },
  { id: "share", title: "SHARE", width: 5, align: "right" },
  { id: "bar", title: "", width: BAR, optional: 3 },
  { id: "growth", title: "GROWTH", width: 7, align: "right", optional: 5 },
  { id: "full", title: "FULL IN", width: 7, align: "right" },
];

const NAME = "ports";

const shareOf = ({ used, of }: PortRow) => (of === null ? null : used / of);
const leftOf = ({ used, of }: PortRow) => (of === null ? null : Math.max(0, of - used));

const SORTS: readonly SortColumn<PortRow>[] = [
  { id: "where", title: "where", by: ({ where }) => where },
  { id: "waiting", title: "TIME_WAIT", by: ({ waiting }) => waiting, descendsFirst: true },
  { id: "used", title: "in use", by: ({ used }) => used, descendsFirst: true },
  { id: "left", title: "left", by: leftOf },
  { id: "share", title: "share", by: shareOf, descendsFirst: true },
  { id: "growth", title: "growth", by: ({ growth }) => growth, descendsFirst: true },
  { id: "full", title: "full in", by: ({ secondsLeft }) => secondsLeft },
];

/** From these shares of the ports on it is worth a colour; the findings have thresholds of their own. */
const WARN_SHARE = 0.6;
const CRITICAL_SHARE = 0.9;

/** Local ports by destination and TIME_WAIT by listener. */
export const portsPanel: Panel<PortsData> = {
  name: NAME,
  title: "TIME_WAIT and ports",
  tab: "Ports",
  sorts: SORTS,
  view(scene) {
    const { destinations, listeners } = scene.watched.ports();
    const rows = [
      ...destinations.map(destinationRow),
      ...listeners.map((each) => listenerRow(each, scene)),
    ];
    const shown = rows.filter((row) => scene.passes(filterRowOf(row)));
    return {
      rows: sortRows(shown, SORTS, scene.sortOf(NAME), scene.now),
      hidden: rows.length - shown.length,
      waiting: scene.watched.count("TIME_WAIT"),
    };
  },
  keys: ({ rows }) => rows.map(({ key }) => key),
  open({ rows }, key) {
    const row = rows.find((each) => each.key === key);
    if (row === undefined) return null;
    const title = row.kind === "to" ? `Ports to ${row.where}` : `Waiting at ${row.where}`;
    return { kind: "members", id: key, title, of: (scene) => portMembers(scene, row) };
  },
  note: ({ waiting }) => [
    {
      text: `${formatCount(waiting)} TIME_WAIT`,
      paint: waiting > 0 ? "TIME_WAIT" : "muted",
    },
  ],
  draw(inside, { rows, hidden }, look) {
    const sort = look.scene.sortOf(NAME);
    paintTable(inside, {
      columns: COLUMNS,
      ...(sort !== null && { sort }),
      count: rows.length,
      cursor: look.settle(visibleRows(inside.height)),
      focused: look.focused,
      empty: emptyText("no destination takes two local ports, no closed connection waits", hidden),
      row(index) {
        const row = rows[index];
        if (row === undefined) return { key: "", cells: [] };
        return { key: row.key, cells: cellsOf(row, inside.theme) };
      },
    });
  },
};

function filterRowOf({ kind, where, from, netns, port, used }: PortRow): FilterRow {
  return {
    text: `${kind} ${where} ${from ?? ""}`,
    netns,
    port: [port],
    local: from,
    remote: kind === "to" ? where : null,
    count: used,
  };
}

function roleOf(row: PortRow): Role {
  const { secondsLeft, kind } = row;
  const share = shareOf(row) ?? 0;
  if (share >= CRITICAL_SHARE || secondsLeft !== null) return "critical";
  if (share >= WARN_SHARE) return "warn";
  return kind === "to" ? "text" : "muted";
}

function cellsOf(row: PortRow, theme: Theme): Span[] {
  const { kind, where, from, waiting, used, growth, secondsLeft } = row;
  const role = roleOf(row);
  const share = shareOf(row);
  const left = leftOf(row);
  const percent =
    share === null ? UNKNOWN : `${share > 0 && share < 0.01 ? "<1" : Math.round(share * 100)}%`;
  const bar = share === null ? "" : exactBar(share, BAR, theme.glyphs);
  return [
    { text: kind, paint: "muted" },
    { text: where, paint: "title" },
    { text: from ?? "", paint: "muted" },
    { text: formatCount(waiting), paint: waiting > 0 ? "TIME_WAIT" : "muted" },
    { text: kind === "to" ? formatCount(used) : "", paint: "text" },
    { text: left === null ? UNKNOWN : formatCount(left), paint: role },
    { text: percent, paint: role },
    { text: bar, paint: role === "text" ? "accent" : role },
    {
      text: growth === null || growth === 0 ? "" : `+${formatShortCount(growth)}/s`,
      paint: "text",
    },
    {
      text: secondsLeft === null ? UNKNOWN : formatDuration(secondsLeft * 1000),
      paint: secondsLeft === null ? "muted" : "critical",
    },
  ];
}
