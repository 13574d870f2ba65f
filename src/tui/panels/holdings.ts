// Groups the connections in CLOSE_WAIT by whom they wait for.
import type { Endpoint, Unread } from "../../core/endpoint.ts";
import type { Finding, Severity } from "../../core/finding.ts";
import { ownerKey } from "../../core/owner-key.ts";
import { SHORT_CAUSES } from "../../core/stuck-cause.ts";
import type { Nanoseconds } from "../../event/trace-event.ts";
import { formatEndpoint } from "../../event/tuple.ts";
import { UNKNOWN } from "../format.ts";
import type { Watched } from "../watched.ts";
import { isOlder, stateSince } from "./endpoint-cells.ts";

/** The connections in CLOSE_WAIT that one process holds, or that wait at one listener. */
export interface Holding {
  readonly key: string;
  /** Process name; of a listener with its port, or its address where no process is known. */
  readonly name: string;
  readonly pid: number | null;
  readonly isListener: boolean;
  readonly count: number;
  /** When the one that waits longest entered CLOSE_WAIT, as far as it was seen. */
  readonly since: Nanoseconds;
  /** The oldest was in CLOSE_WAIT before the trace began: its age is "at least". */
  readonly atLeast: boolean;
  readonly readings: ReadonlyMap<Unread | "unknown", number>;
  readonly command: string | null;
  /** Connections that came in the last minute and are still held; the growth, as far as it lasts. */
  readonly lastMinute: number;
  /** Descriptors that the owner may still open; null where that is not known. */
  readonly descriptorsLeft: number | null;
  /** The likely cause of its finding, or before there is one what the readings make likely. */
  readonly cause: string;
  /** Of the finding that speaks of it. */
  readonly severity: Severity | null;
}

const MINUTE_NS = 60e9;

interface Group {
  readonly name: string;
  readonly pid: number | null;
  readonly isListener: boolean;
  readonly endpoints: Endpoint[];
}

/** Whom the connection waits for: a listener that has not accepted it, its owner, or nobody known. */
function groupOf(
  watched: Watched,
  endpoint: Endpoint,
): [key: string, group: Omit<Group, "endpoints">] {
  const { owner, tuple, unread } = endpoint;
  if (unread !== "not-accepted" && owner !== null) {
    const { pid, comm } = owner;
    return [
      `pid ${ownerKey(watched.process, pid, endpoint)}`,
      { name: comm, pid, isListener: false },
    ];
  }
  const listener = watched.listenerOf(tuple);
  const address = formatEndpoint(listener?.local ?? tuple.local, tuple.localPort);
  if (unread !== "not-accepted") {
    return [`unknown ${address}`, { name: `unknown at ${address}`, pid: null, isListener: false }];
  }
  const name = listener?.comm == null ? `at ${address}` : `${listener.comm} :${tuple.localPort}`;
  return [
    `listener ${tuple.netns} ${address}`,
    { name, pid: listener?.pid ?? null, isListener: true },
  ];
}

/** The key of the holder that a connection waits for. */
export function holdingKey(watched: Watched, endpoint: Endpoint): string {
  return groupOf(watched, endpoint)[0];
}

/** All holders, the one with the most connections first, then the one who has waited longest. */
export function groupByHolder(watched: Watched): Holding[] {
  const groups = new Map<string, Group>();
  for (const endpoint of watched.waiting("CLOSE_WAIT")) {
    const [key, group] = groupOf(watched, endpoint);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { ...group, endpoints: [endpoint] });
    else known.endpoints.push(endpoint);
  }
  const findings = watched
    .findings()
    .filter(({ kind, until }) => kind === "stuck-close-wait" && until === null);
  return [...groups]
    .map(([key, group]) => holdingOf(key, group, watched, findings))
    .sort((a, b) => b.count - a.count || a.since - b.since || (a.key < b.key ? -1 : 1));
}

const CAUSES: Readonly<Record<Unread | "unknown", string>> = {
  drained: "took everything and has not closed",
  "fin-unread": "has not read the end of the stream",
  "data-unread": "does not read what has come",
  "not-accepted": "the listener does not accept",
  unknown: UNKNOWN,
};

/** The commonest reading in words; of several holders any one may be what keeps it open. */
function causeOf(
  readings: ReadonlyMap<Unread | "unknown", number>,
  endpoints: readonly Endpoint[],
): string {
  const [commonest] = [...readings].sort((a, b) => b[1] - a[1]);
  const cause = CAUSES[commonest?.[0] ?? "unknown"];
  const shared = endpoints.filter(({ holders }) => holders.length > 1).length;
  return shared * 2 > endpoints.length ? `held by several processes; ${cause}` : cause;
}

function holdingOf(
  key: string,
  group: Group,
  watched: Watched,
  findings: readonly Finding[],
): Holding {
  const { name, pid, isListener, endpoints } = group;
  const [first] = endpoints;
  const process = pid === null ? undefined : watched.process(pid, first?.ownedAt);
  const readings = new Map<Unread | "unknown", number>();
  let oldest = endpoints[0] as Endpoint;
  for (const endpoint of endpoints) {
    const reading = endpoint.unread ?? "unknown";
    readings.set(reading, (readings.get(reading) ?? 0) + 1);
    if (stateSince(endpoint) < stateSince(oldest)) oldest = endpoint;
  }
  const finding = findings.find(
    ({ subject }) => subject.pid === pid && (subject.listener !== undefined) === isListener,
  );
  return {
    key,
    name,
    pid,
    isListener,
    count: endpoints.length,
    since: stateSince(oldest),
    atLeast: oldest.phases.at(-1)?.atLeast === true,
    readings,
    command: process?.cmdline ?? null,
    lastMinute: endpoints.filter(
      (each) => stateSince(each) > watched.now - MINUTE_NS && !isOlder(each),
    ).length,
    descriptorsLeft:
      process?.fdLimit == null || process.fdCount === null
        ? null
        : Math.max(0, process.fdLimit - process.fdCount),
    cause:
      finding?.owner?.cause == null
        ? causeOf(readings, endpoints)
        : SHORT_CAUSES[finding.owner.cause],
    severity: finding?.severity ?? null,
  };
}
