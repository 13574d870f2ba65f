// Shows events as they come, the newest on top: state changes, re-sends, resets, losses, findings.
import type { Endpoint } from "../../core/endpoint.ts";
import type { Finding } from "../../core/finding.ts";
import type { LoggedEvent } from "../../core/recent-events.ts";
import type { Nanoseconds, SocketTuple, TraceEvent } from "../../event/trace-event.ts";
import { formatEndpoint, unmappedAddress } from "../../event/tuple.ts";
import type { FilterRow } from "../filter-term.ts";
import { formatCount, formatDuration } from "../format.ts";
import type { Span } from "../painter.ts";
import { paintTable, type TableCell, type TableColumn, visibleRows } from "../table.ts";
import type { Theme } from "../theme.ts";
import { LONGEST_LOG, MOST_RECENT, type Watched } from "../watched.ts";
import { ownerSpan } from "./endpoint-cells.ts";
import { openFinding, subjectText } from "./findings.ts";
import { eventAbout, eventDetail, eventSpans } from "./log-words.ts";
import type { Panel } from "./panel.ts";
import { severityRole, severitySpan } from "./severity.ts";

/** One line: an event, or a finding that begins or ends. */
export type LogEntry =
  | { readonly key: string; readonly at: Nanoseconds; readonly event: TraceEvent }
  | {
      readonly key: string;
      readonly at: Nanoseconds;
      readonly finding: Finding;
      readonly isEnd: boolean;
    };

/** The newest first. */
export interface LogData {
  readonly entries: readonly LogEntry[];
  /** The endpoint that an event is about, where it can still be told. */
  endpointOf(event: TraceEvent): Endpoint | undefined;
}

const COLUMNS: readonly TableColumn[] = [
  { id: "time", title: "TIME", width: 12 },
  { id: "event", title: "EVENT", width: 27 },
  { id: "local", title: "LOCAL", width: 15, grow: 2, keeps: "end" },
  { id: "remote", title: "REMOTE", width: 15, grow: 2, keeps: "end" },
  { id: "owner", title: "OWNER", width: 12, grow: 1, optional: 2 },
  { id: "detail", title: "DETAIL", width: 22, grow: 3, optional: 1 },
];

/** Below this width neither milliseconds nor the state before have room beside both addresses. */
const LEAST_WIDE = 72;
const NARROW: readonly TableColumn[] = [
  { id: "time", title: "TIME", width: 8 },
  { id: "event", title: "EVENT", width: 17 },
  ...COLUMNS.slice(2),
];

/** Events as they come; Enter opens the teardown that one belongs to, or the finding. */
export const logPanel: Panel<LogData> = {
  name: "log",
  title: "Log",
  view({ watched, passes }) {
    const endpointOf = finder(watched);
    const entries = merge(watched.log(LONGEST_LOG), watched.findings()).filter((entry) =>
      passes(rowOf(entry, endpointOf)),
    );
    return { entries, endpointOf };
  },
  keys: ({ entries }) => entries.map(({ key }) => key),
  open({ entries, endpointOf }, key) {
    const entry = entries.find((each) => each.key === key);
    if (entry === undefined) return null;
    if ("finding" in entry) return openFinding(entry.finding);
    const endpoint = endpointOf(entry.event);
    return endpoint === undefined ? null : { kind: "teardown", id: endpoint.id, endpoint };
  },
  note: ({ entries }) => [{ text: `newest ${formatCount(entries.length)}`, paint: "muted" }],
  draw(inside, { entries, endpointOf }, look) {
    const { theme } = inside;
    const isWide = inside.width >= LEAST_WIDE;
    paintTable(inside, {
      columns: isWide ? COLUMNS : NARROW,
      count: entries.length,
      cursor: look.settle(visibleRows(inside.height), true),
      focused: look.focused,
      empty: "nothing has happened yet, or nothing passes the filter",
      row(index) {
        const entry = entries[index];
        if (entry === undefined) return { key: "", cells: [] };
        const time: Span = { text: look.scene.clock(entry.at, isWide ? 3 : 0), paint: "muted" };
        const cells =
          "finding" in entry
            ? findingCells(entry.finding, entry.isEnd, theme)
            : eventCells(entry.event, endpointOf(entry.event), theme, isWide);
        return { key: entry.key, cells: [time, ...cells] };
      },
    });
  },
};

/** Both are in order of time, the findings nearly so. */
function merge(log: readonly LoggedEvent[], findings: readonly Finding[]): LogEntry[] {
  const oldest = log.at(-1)?.event.t ?? 0;
  const turns: LogEntry[] = [];
  for (const finding of findings) {
    const { id, since, until } = finding;
    if (since >= oldest) turns.push({ key: `${id} begins`, at: since, finding, isEnd: false });
    if (until !== null && until >= oldest) {
      turns.push({ key: `${id} ends`, at: until, finding, isEnd: true });
    }
  }
  turns.sort((a, b) => b.at - a.at);
  const entries: LogEntry[] = [];
  let next = 0;
  for (const { no, event } of log) {
    for (let turn = turns[next]; turn !== undefined && turn.at >= event.t; turn = turns[next]) {
      entries.push(turn);
      next++;
    }
    entries.push({ key: `#${no}`, at: event.t, event });
  }
  entries.push(...turns.slice(next));
  return entries;
}

/** What a filter may ask; whose endpoint it is is looked up only where it does. */
function rowOf(entry: LogEntry, endpointOf: LogData["endpointOf"]): FilterRow {
  if ("finding" in entry) {
    const { id, kind, summary, count } = entry.finding;
    return { text: `${kind} ${subjectText(entry.finding)} ${summary}`, id, kind, count };
  }
  const { event } = entry;
  const about = eventAbout(event);
  const [local, remote] = about === null ? [null, null] : [localOf(about), remoteOf(about)];
  const who = "comm" in event ? event.comm : "";
  return {
    text: `${event.type} ${local ?? ""} ${remote ?? ""} ${who} ${eventDetail(event)}`,
    state: "to" in event ? event.to : null,
    local,
    remote,
    ...(about !== null && { netns: about.netns, port: [about.localPort, about.remotePort] }),
    get comm() {
      return holdersOf(endpointOf(event)).map(({ comm }) => comm);
    },
    get pid() {
      return holdersOf(endpointOf(event)).map(({ pid }) => pid);
    },
  };
}

function holdersOf(endpoint: Endpoint | undefined): readonly { pid: number; comm: string }[] {
  if (endpoint === undefined) return [];
  const { owner, holders } = endpoint;
  return owner === null ? holders : [owner, ...holders];
}

const localOf = ({ local, localPort }: SocketTuple) =>
  formatEndpoint(unmappedAddress(local), localPort);
const remoteOf = ({ remote, remotePort }: SocketTuple) =>
  formatEndpoint(unmappedAddress(remote), remotePort);

function findingCells(finding: Finding, isEnd: boolean, theme: Theme): TableCell[] {
  const { kind, severity, summary, since, until } = finding;
  const sign = isEnd ? theme.sign("ok") : severitySpan(theme, severity).text;
  const over = `over after ${formatDuration(((until ?? since) - since) / 1e6)}`;
  return [
    { text: `${sign} ${kind}`, paint: isEnd ? "ok" : severityRole(severity) },
    { text: subjectText(finding), paint: isEnd ? "muted" : "title" },
    { text: "" },
    { text: "" },
    { text: isEnd ? over : summary, paint: "muted" },
  ];
}

function eventCells(
  event: TraceEvent,
  endpoint: Endpoint | undefined,
  theme: Theme,
  isWide: boolean,
): TableCell[] {
  const about = eventAbout(event);
  return [
    eventSpans(event, theme, isWide),
    { text: about === null ? "" : localOf(about) },
    { text: about === null ? "" : remoteOf(about) },
    endpoint === undefined ? { text: "" } : ownerSpan(endpoint),
    { text: eventDetail(event, endpoint?.owner?.comm ?? null), paint: "muted" },
  ];
}

/** Finds endpoints by tuple and time among the recent and the living; asked for visible rows only. */
function finder(watched: Watched): LogData["endpointOf"] {
  let recent: Map<string, Endpoint[]> | null = null;
  const keyOf = ({ netns, localPort, remote, remotePort }: SocketTuple) =>
    `${netns} ${localPort} ${remote} ${remotePort}`;
  return (event) => {
    const about = eventAbout(event);
    if (about === null) return undefined;
    if (recent === null) {
      recent = new Map();
      for (const endpoint of watched.recent(MOST_RECENT)) {
        const key = keyOf(endpoint.tuple);
        recent.set(key, [...(recent.get(key) ?? []), endpoint]);
      }
    }
    const known = recent.get(keyOf(about)) ?? [];
    return (
      known.find(({ bornAt, endedAt }) => bornAt <= event.t && (endedAt ?? event.t) >= event.t) ??
      watched.endpointOf(about)
    );
  };
}
