// Shows which peers do not answer our FIN: re-sends by remote address.
import type { Endpoint } from "../../core/endpoint.ts";
import type { Severity } from "../../core/finding.ts";
import type { Nanoseconds, RetransmitCause } from "../../event/trace-event.ts";
import { unmappedAddress } from "../../event/tuple.ts";
import { formatCount, formatDuration } from "../format.ts";
import type { Span } from "../painter.ts";
import { type SortColumn, sortRows } from "../sorting.ts";
import { paintTable, type TableColumn, visibleRows } from "../table.ts";
import { MOST_RECENT, type WaitingState, type Watched } from "../watched.ts";
import { finResends, lostText } from "./endpoint-cells.ts";
import { emptyText, hiddenSpan } from "./hidden.ts";
import type { MembersData, Panel, Scene } from "./panel.ts";
import { severitySpan } from "./severity.ts";

/** One remote address with the connections on which a FIN was sent again. */
export interface Peer {
  readonly remote: string;
  /** Connections whose FIN is still without an answer. */
  readonly open: number;
  readonly connections: number;
  readonly attempts: number;
  readonly lastCause: RetransmitCause;
  readonly lastAt: Nanoseconds;
  /** When the first of these FINs was sent. */
  readonly since: Nanoseconds;
  readonly lost: ReadonlySet<string>;
  readonly severity: Severity | null;
}

/** Peers, those that still do not answer first. */
export interface FinResendsData {
  readonly peers: readonly Peer[];
  readonly hidden: number;
  readonly now: Nanoseconds;
}

const COLUMNS: readonly TableColumn[] = [
  { id: "severity", title: "", width: 2 },
  { id: "peer", title: "PEER", width: 15, grow: 2, keeps: "end" },
  { id: "open", title: "OPEN", width: 4, align: "right" },
  { id: "connections", title: "CONNS", width: 5, align: "right" },
  { id: "attempts", title: "SENT", width: 5, align: "right" },
  { id: "last", title: "LAST", width: 4 },
  { id: "ago", title: "AGO", width: 6, align: "right" },
  { id: "lost", title: "LOST", width: 7, optional: 1 },
  { id: "for", title: "FOR", width: 6, align: "right" },
];

const NAME = "fin-resends";

/** For how long a peer has not answered, or had not when it was last asked. */
const lastedNs = ({ open, since, lastAt }: Peer, now: Nanoseconds) =>
  (open > 0 ? now : lastAt) - since;

const SORTS: readonly SortColumn<Peer>[] = [
  { id: "peer", title: "peer", by: ({ remote }) => remote },
  { id: "open", title: "unanswered", by: ({ open }) => open, descendsFirst: true },
  { id: "connections", title: "connections", by: (peer) => peer.connections, descendsFirst: true },
  { id: "attempts", title: "sent", by: ({ attempts }) => attempts, descendsFirst: true },
  { id: "ago", title: "ago", by: ({ lastAt }, now) => now - lastAt },
  { id: "for", title: "for", by: lastedNs, descendsFirst: true },
];

/** States in which our own FIN waits for its ACK. */
const UNANSWERED: readonly WaitingState[] = ["FIN_WAIT1", "CLOSING", "LAST_ACK"];

/** Repeated FINs by peer: how many connections, how often, why, for how long. */
export const finResendsPanel: Panel<FinResendsData> = {
  name: NAME,
  title: "FIN re-sends by peer",
  tab: "Peers",
  sorts: SORTS,
  view({ watched, now, passes, sortOf }) {
    const all = peersOf(watched);
    const shown = all.filter(({ remote }) => passes({ text: remote, remote }));
    const peers = sortRows(shown, SORTS, sortOf(NAME), now);
    return { peers, hidden: all.length - shown.length, now };
  },
  keys: ({ peers }) => peers.map(({ remote }) => remote),
  open({ peers }, key) {
    const peer = peers.find(({ remote }) => remote === key);
    if (peer === undefined) return null;
    const title = `FIN re-sends to ${key}`;
    return { kind: "members", id: key, title, of: (scene) => members(scene, peer) };
  },
  note({ peers, hidden }) {
    const open = peers.reduce((sum, peer) => sum + peer.open, 0);
    return [
      { text: `${formatCount(open)} unanswered`, paint: open > 0 ? "warn" : "muted" },
      hiddenSpan(hidden),
    ];
  },
  draw(inside, { peers, hidden, now }, look) {
    const sort = look.scene.sortOf(NAME);
    paintTable(inside, {
      columns: COLUMNS,
      ...(sort !== null && { sort }),
      count: peers.length,
      cursor: look.settle(visibleRows(inside.height)),
      focused: look.focused,
      empty: emptyText("no FIN had to be sent again", hidden),
      row(index) {
        const peer = peers[index];
        if (peer === undefined) return { key: "", cells: [] };
        const paint = peer.open > 0 ? "text" : "muted";
        return {
          key: peer.remote,
          cells: [
            peer.severity === null ? "" : severitySpan(inside.theme, peer.severity),
            { text: peer.remote, paint: peer.open > 0 ? "title" : "muted" },
            { text: formatCount(peer.open), paint: peer.open > 0 ? "warn" : "muted" },
            { text: formatCount(peer.connections), paint },
            { text: formatCount(peer.attempts), paint },
            { text: peer.lastCause === "unknown" ? "?" : peer.lastCause, paint },
            { text: formatDuration((now - peer.lastAt) / 1e6), paint },
            { text: [...peer.lost].sort().join(" "), paint },
            { text: formatDuration(lastedNs(peer, now) / 1e6), paint },
          ],
        };
      },
    });
  },
};

const isUnanswered = ({ state, endedAt }: Endpoint) =>
  endedAt === null && UNANSWERED.some((each) => each === state);

/** Endpoints with a FIN sent again: all that wait for an answer, and the recent ones that are over. */
function troubled(watched: Watched): Map<string, Endpoint[]> {
  const found = new Set<Endpoint>();
  for (const state of UNANSWERED) {
    for (const endpoint of watched.waiting(state)) found.add(endpoint);
  }
  for (const endpoint of watched.recent(MOST_RECENT)) found.add(endpoint);
  const byRemote = new Map<string, Endpoint[]>();
  for (const endpoint of found) {
    if (endpoint.resends.length === 0 || finResends(endpoint).length === 0) continue;
    const remote = unmappedAddress(endpoint.tuple.remote);
    const group = byRemote.get(remote);
    if (group === undefined) byRemote.set(remote, [endpoint]);
    else group.push(endpoint);
  }
  return byRemote;
}

function peersOf(watched: Watched): Peer[] {
  const severities = new Map<string, Severity>();
  for (const { kind, until, subject, severity } of watched.findings()) {
    if (kind !== "repeated-fin-retransmit" || until !== null) continue;
    severities.set(unmappedAddress(subject.remote ?? ""), severity);
  }
  return [...troubled(watched)]
    .map(([remote, endpoints]): Peer => {
      const resends = endpoints.flatMap(finResends).sort((a, b) => a.at - b.at);
      const last = resends.at(-1) as Endpoint["resends"][number];
      const since = endpoints.map((each) => each.teardownAt ?? each.bornAt);
      return {
        remote,
        open: endpoints.filter(isUnanswered).length,
        connections: endpoints.length,
        attempts: resends.length,
        lastCause: last.cause,
        lastAt: last.at,
        since: Math.min(...since),
        lost: new Set(endpoints.map(lostText).filter((text) => text !== "")),
        severity: severities.get(remote) ?? null,
      };
    })
    .sort((a, b) => b.open - a.open || b.lastAt - a.lastAt || (a.remote < b.remote ? -1 : 1));
}

function members({ watched, now }: Scene, opened: Peer): MembersData {
  const endpoints = (troubled(watched).get(opened.remote) ?? []).sort(
    (a, b) => (a.teardownAt ?? a.bornAt) - (b.teardownAt ?? b.bornAt),
  );
  const peer = peersOf(watched).find(({ remote }) => remote === opened.remote) ?? opened;
  const { remote, open, attempts, lastAt, lastCause } = peer;
  const about: Span[][] = [
    [{ text: remote, paint: "title" }],
    [
      { text: `${formatCount(open)} unanswered`, paint: open > 0 ? "warn" : "muted" },
      {
        text: `, ${formatCount(attempts)} re-sends in all, the last ${formatDuration((now - lastAt) / 1e6)} ago by ${lastCause}`,
      },
    ],
  ];
  return { about, endpoints };
}
