// Shows who takes the local ports: TIME_WAIT by destination and by listener, what is left, for how long.
import type { Endpoint } from "../../core/endpoint.ts";
import type { DestinationPorts, ListenerWaiting } from "../../core/port-outlook.ts";
import type { TcpState } from "../../event/tcp-state.ts";
import { formatEndpoint, unmappedAddress } from "../../event/tuple.ts";
import { formatCount, formatDuration, formatShortCount, UNKNOWN } from "../format.ts";
import type { Span } from "../painter.ts";
import { barPieces } from "../spark.ts";
import { paintTable, type TableColumn, visibleRows } from "../table.ts";
import type { Role, Theme } from "../theme.ts";
import { MOST_LIVING } from "../watched.ts";
import type { MembersData, Panel, Scene } from "./panel.ts";

/** A destination that takes local ports, or a listener whose connections wait. */
export interface PortRow {
  readonly key: string;
  readonly kind: "to" | "at";
  /** The far address and port; of a listener its port with who listens. */
  readonly where: string;
  /** The local address of connections to a destination. */
  readonly from: string | null;
  readonly waiting: number;
  readonly used: number;
  /** What they are taken from: local ports, or tcp_max_tw_buckets; null where unknown. */
  readonly of: number | null;
  /** Ports taken a second, lastingly; null for a listener. */
  readonly growth: number | null;
  readonly secondsLeft: number | null;
  readonly netns: number;
  readonly port: number;
}

/** Destinations, the scarcest first, then listeners. */
export interface PortsData {
  readonly rows: readonly PortRow[];
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

/** States in which a connection holds its port. */
const HOLDING: readonly TcpState[] = [
  "TIME_WAIT",
  "FIN_WAIT2",
  "FIN_WAIT1",
  "CLOSING",
  "LAST_ACK",
  "CLOSE_WAIT",
  "ESTABLISHED",
  "SYN_SENT",
];
const WAITING: readonly TcpState[] = ["TIME_WAIT", "FIN_WAIT2"];
const MOST_MEMBERS = 1000;
/** From these shares of the ports on it is worth a colour; the findings have thresholds of their own. */
const WARN_SHARE = 0.6;
const CRITICAL_SHARE = 0.9;

/** Local ports by destination and TIME_WAIT by listener. */
export const portsPanel: Panel<PortsData> = {
  name: "ports",
  title: "TIME_WAIT and ports",
  tab: "Ports",
  view(scene) {
    const { destinations, listeners } = scene.watched.ports();
    const rows = [
      ...destinations.map(destinationRow),
      ...listeners.map((each) => listenerRow(each, scene)),
    ];
    return {
      rows: rows.filter(({ where, from, kind }) => scene.passes(`${kind} ${where} ${from ?? ""}`)),
      waiting: scene.watched.count("TIME_WAIT"),
    };
  },
  keys: ({ rows }) => rows.map(({ key }) => key),
  open({ rows }, key) {
    const row = rows.find((each) => each.key === key);
    if (row === undefined) return null;
    const title = row.kind === "to" ? `Ports to ${row.where}` : `Waiting at ${row.where}`;
    return { kind: "members", id: key, title, of: (scene) => members(scene, row) };
  },
  note: ({ waiting }) => [
    {
      text: `${formatCount(waiting)} TIME_WAIT`,
      paint: waiting > 0 ? "TIME_WAIT" : "muted",
    },
  ],
  draw(inside, { rows }, look) {
    paintTable(inside, {
      columns: COLUMNS,
      count: rows.length,
      cursor: look.settle(visibleRows(inside.height)),
      focused: look.focused,
      empty: "no destination takes two local ports, no closed connection waits",
      row(index) {
        const row = rows[index];
        if (row === undefined) return { key: "", cells: [] };
        return { key: row.key, cells: cellsOf(row, inside.theme) };
      },
    });
  },
};

function destinationRow(ports: DestinationPorts): PortRow {
  const { netns, local, remote, remotePort, used, waiting, growth, secondsLeft } = ports;
  return {
    key: `to ${netns} ${local} ${remote} ${remotePort}`,
    kind: "to",
    where: formatEndpoint(remote, remotePort),
    from: local,
    waiting,
    used,
    of: ports.ports,
    growth,
    secondsLeft,
    netns,
    port: remotePort,
  };
}

function listenerRow({ netns, port, waiting, most }: ListenerWaiting, { watched }: Scene): PortRow {
  const listener = watched.listenerOf({
    netns,
    local: "",
    localPort: port,
    remote: "",
    remotePort: 0,
  });
  const name = listener?.comm == null ? "" : ` ${listener.comm}`;
  return {
    key: `at ${netns} ${port}`,
    kind: "at",
    where: `:${port}${name}`,
    from: null,
    waiting,
    used: waiting,
    of: most,
    growth: null,
    secondsLeft: null,
    netns,
    port,
  };
}

function roleOf({ used, of, secondsLeft, kind }: PortRow): Role {
  const share = of === null ? 0 : used / of;
  if (share >= CRITICAL_SHARE || secondsLeft !== null) return "critical";
  if (share >= WARN_SHARE) return "warn";
  return kind === "to" ? "text" : "muted";
}

function cellsOf(row: PortRow, theme: Theme): Span[] {
  const { kind, where, from, waiting, used, of, growth, secondsLeft } = row;
  const role = roleOf(row);
  const share = of === null ? null : used / of;
  const percent =
    share === null ? UNKNOWN : `${share > 0 && share < 0.01 ? "<1" : Math.round(share * 100)}%`;
  const bar = share === null ? "" : barPieces(share, BAR, theme.glyphs).full;
  return [
    { text: kind, paint: "muted" },
    { text: where, paint: "title" },
    { text: from ?? "", paint: "muted" },
    { text: formatCount(waiting), paint: waiting > 0 ? "TIME_WAIT" : "muted" },
    { text: kind === "to" ? formatCount(used) : "", paint: "text" },
    { text: of === null ? UNKNOWN : formatCount(Math.max(0, of - used)), paint: role },
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

function belongs({ kind, netns, port, from, where }: PortRow, { tuple, ports }: Endpoint): boolean {
  if (tuple.netns !== netns) return false;
  if (kind === "at") return tuple.localPort === port && !ports;
  const remote = formatEndpoint(unmappedAddress(tuple.remote), tuple.remotePort);
  return remote === where && unmappedAddress(tuple.local) === from && Boolean(ports);
}

function members({ watched }: Scene, row: PortRow): MembersData {
  const endpoints: Endpoint[] = [];
  for (const state of row.kind === "to" ? HOLDING : WAITING) {
    for (const endpoint of watched.living(state, MOST_LIVING)) {
      if (endpoints.length < MOST_MEMBERS && belongs(row, endpoint)) endpoints.push(endpoint);
    }
  }
  return { about: aboutLines(row), endpoints };
}

function aboutLines({
  kind,
  where,
  from,
  waiting,
  used,
  of,
  growth,
  secondsLeft,
}: PortRow): Span[][] {
  const limit = of === null ? "a limit that is not known" : formatCount(of);
  if (kind === "at") {
    return [
      [
        { text: formatCount(waiting), paint: "TIME_WAIT" },
        {
          text: ` connections that came in at ${where} wait; this host closed them first`,
          paint: "title",
        },
      ],
      [{ text: `tcp_max_tw_buckets is ${limit}, shared by all of the namespace` }],
      [{ text: "Each is forgotten 60 s after the peer's FIN. They cost memory, no local port." }],
    ];
  }
  const forecast =
    secondsLeft === null
      ? growth !== null && growth > 0
        ? `, ${growth.toFixed(1)} more a second, and they do not run out within the hour`
        : ", and no lasting growth"
      : `, ${(growth ?? 0).toFixed(1)} more a second: all in use in ${formatDuration(secondsLeft * 1000)}`;
  return [
    [
      { text: formatCount(used), paint: "title" },
      { text: ` of ${limit} local ports from ${from} to ${where} are in use`, paint: "title" },
      { text: forecast, paint: secondsLeft === null ? "muted" : "critical" },
    ],
    [
      { text: formatCount(waiting), paint: "TIME_WAIT" },
      { text: " of them wait until their connection is forgotten, 60 s after the peer's FIN" },
    ],
    [
      {
        text: "Keep-alive or a pool of connections takes fewer; so does the server closing first.",
      },
    ],
  ];
}
