// Lists every connection that is open or waits, the stuck ones first; closed ones linger a while.
import type { Endpoint } from "../../core/endpoint.ts";
import type { TcpState } from "../../event/tcp-state.ts";
import type { Nanoseconds } from "../../event/trace-event.ts";
import { formatBytes, formatCount, formatDuration, UNKNOWN } from "../format.ts";
import type { Painter } from "../painter.ts";
import { type SortColumn, sortRows } from "../sorting.ts";
import { paintTable, type TableColumn, type TableRow, visibleRows } from "../table.ts";
import type { Role } from "../theme.ts";
import { MOST_LIVING, MOST_RECENT } from "../watched.ts";
import {
  endpointRow,
  localText,
  ownerSpan,
  remoteText,
  stateSince,
  verdictSpan,
} from "./endpoint-cells.ts";
import { emptyText, hiddenSpan } from "./hidden.ts";
import type { Panel } from "./panel.ts";

/** The living, and below them those that have just gone. */
export interface EndpointsData {
  readonly endpoints: readonly Endpoint[];
  readonly hidden: number;
  readonly open: number;
  readonly lingering: number;
  /** More are open than are listed. */
  readonly isCut: boolean;
  readonly now: Nanoseconds;
}

/** What waits for somebody comes first, then what waits for time, then what is at work. */
const ORDER: readonly TcpState[] = [
  "CLOSE_WAIT",
  "LAST_ACK",
  "FIN_WAIT1",
  "CLOSING",
  "FIN_WAIT2",
  "SYN_SENT",
  "SYN_RECV",
  "NEW_SYN_RECV",
  "ESTABLISHED",
  "TIME_WAIT",
];

/** How long a connection that is gone stays in the list, with how it ended. */
const LINGER_NS = 10e9;

const COLUMNS: readonly TableColumn[] = [
  { id: "state", title: "STATE", width: 16 },
  { id: "age", title: "FOR", width: 7, align: "right" },
  { id: "local", title: "LOCAL", width: 15, grow: 3, keeps: "end" },
  { id: "remote", title: "REMOTE", width: 15, grow: 3, keeps: "end" },
  { id: "owner", title: "OWNER", width: 12, grow: 2, optional: 9 },
  { id: "pid", title: "PID", width: 7, align: "right", optional: 5 },
  { id: "unread", title: "UNREAD", width: 12, optional: 6 },
  { id: "rtt", title: "RTT", width: 6, align: "right", optional: 3 },
  { id: "sent", title: "SENT", width: 7, align: "right", optional: 2 },
  { id: "received", title: "RECEIVED", width: 8, align: "right", optional: 2 },
  { id: "resends", title: "AGAIN", width: 5, align: "right", optional: 4 },
  { id: "role", title: "ROLE", width: 7, optional: 1 },
];

const NAME = "endpoints";

/** For how long it has been as it is, and how long ago it went. */
const ageNs = (endpoint: Endpoint, now: Nanoseconds) =>
  now - (endpoint.endedAt ?? stateSince(endpoint));

const SORTS: readonly SortColumn<Endpoint>[] = [
  { id: "state", title: "state", by: ({ state }) => state },
  { id: "age", title: "for", by: ageNs, descendsFirst: true },
  { id: "local", title: "local", by: localText },
  { id: "remote", title: "remote", by: remoteText },
  { id: "owner", title: "owner", by: ({ owner }) => owner?.comm ?? null },
  { id: "pid", title: "pid", by: ({ owner }) => owner?.pid ?? null },
  { id: "rtt", title: "round trip", by: ({ rttMs }) => rttMs, descendsFirst: true },
  { id: "sent", title: "sent", by: ({ bytesSent }) => bytesSent, descendsFirst: true },
  {
    id: "received",
    title: "received",
    by: ({ bytesReceived }) => bytesReceived,
    descendsFirst: true,
  },
  { id: "resends", title: "re-sends", by: ({ resends }) => resends.length, descendsFirst: true },
];

/** Every endpoint; Enter opens its teardown. */
export const endpointsPanel: Panel<EndpointsData> = {
  name: NAME,
  title: "Endpoints",
  sorts: SORTS,
  view({ watched, now, passes, sortOf }) {
    const living = ORDER.flatMap((state) => watched.living(state, MOST_LIVING));
    const open = ORDER.reduce((sum, state) => sum + watched.count(state), 0);
    const gone = watched
      .recent(MOST_RECENT)
      .filter(({ endedAt }) => endedAt !== null && endedAt > now - LINGER_NS);
    const listed = [...living, ...gone];
    const shown = listed.filter((each) => passes(endpointRow(each, now)));
    const endpoints = sortRows(shown, SORTS, sortOf(NAME), now);
    const hidden = listed.length - shown.length;
    return { endpoints, hidden, open, lingering: gone.length, isCut: living.length < open, now };
  },
  keys: ({ endpoints }) => endpoints.map(({ id }) => id),
  open({ endpoints }, key) {
    const endpoint = endpoints.find(({ id }) => id === key);
    return endpoint === undefined ? null : { kind: "teardown", id: key, endpoint };
  },
  note({ hidden, open, lingering, isCut }) {
    return [
      { text: `${formatCount(open)} open`, paint: open > 0 ? "text" : "muted" },
      { text: lingering > 0 ? `, ${formatCount(lingering)} just gone` : "", paint: "muted" },
      hiddenSpan(hidden),
      { text: isCut ? `, ${formatCount(MOST_LIVING)} of each state listed` : "", paint: "warn" },
    ];
  },
  draw(inside, { endpoints, hidden, now }, look) {
    const sort = look.scene.sortOf(NAME);
    paintTable(inside, {
      columns: COLUMNS,
      count: endpoints.length,
      cursor: look.settle(visibleRows(inside.height)),
      focused: look.focused,
      ...(sort !== null && { sort }),
      empty: emptyText("no connection is open", hidden),
      row(index) {
        const endpoint = endpoints[index];
        return endpoint === undefined ? { key: "", cells: [] } : rowOf(inside, endpoint, now);
      },
    });
  },
};

function rowOf({ theme }: Painter, endpoint: Endpoint, now: Nanoseconds): TableRow {
  const { id, state, endedAt, owner, unread, rttMs, bytesSent, bytesReceived, resends, role } =
    endpoint;
  const isGone = endedAt !== null;
  const paint: Role = isGone ? "muted" : "text";
  const phase = endpoint.phases.at(-1);
  const age =
    (phase?.atLeast === true && !isGone ? ">" : "") + formatDuration(ageNs(endpoint, now) / 1e6);
  const figure = (text: string, isNone: boolean) => ({
    text: isNone ? "" : text,
    paint,
  });
  return {
    key: id,
    cells: [
      isGone
        ? { ...verdictSpan(theme, endpoint), paint: "muted" }
        : { text: `${theme.sign(state)} ${state}`, paint: state },
      { text: isGone ? `-${age}` : age, paint: isGone ? "muted" : "title" },
      { text: localText(endpoint), paint },
      { text: remoteText(endpoint), paint },
      isGone ? { ...ownerSpan(endpoint), paint: "muted" } : ownerSpan(endpoint),
      { text: owner === null ? "" : String(owner.pid), paint: "muted" },
      {
        text: unread ?? "",
        paint: unread === "data-unread" || unread === "not-accepted" ? "warn" : paint,
      },
      figure(formatDuration(rttMs), rttMs === null),
      figure(formatBytes(bytesSent), bytesSent === null),
      figure(formatBytes(bytesReceived), bytesReceived === null),
      {
        text: resends.length === 0 ? "" : String(resends.length),
        paint: isGone ? "muted" : "warn",
      },
      { text: role === "none" ? UNKNOWN : role === "simultaneous" ? "both" : role, paint: "muted" },
    ],
  };
}
