// Writes what an endpoint is, for the cells of tables.
import type { Endpoint, Verdict } from "../../core/endpoint.ts";
import { CLOSING_STATES } from "../../event/tcp-state.ts";
import type { Nanoseconds } from "../../event/trace-event.ts";
import { formatEndpoint, unmappedAddress } from "../../event/tuple.ts";
import type { FilterRow } from "../filter-term.ts";
import { formatDuration, UNKNOWN } from "../format.ts";
import type { Span } from "../painter.ts";
import type { Role, Theme } from "../theme.ts";

const VERDICT_ROLES: Readonly<Record<Verdict, Role>> = {
  graceful: "ok",
  "reset-sent": "warn",
  "reset-received": "warn",
  "timed-out": "critical",
  refused: "warn",
  killed: "warn",
  unfinished: "muted",
  unknown: "muted",
};

/** How a teardown ended, with its sign; while that is open, the state with its letter. */
export function verdictSpan(theme: Theme, { verdict, state }: Endpoint): Span {
  if (verdict === null && CLOSING_STATES.has(state)) {
    return { text: `${theme.sign(state)} ${state}`, paint: state };
  }
  const paint = VERDICT_ROLES[verdict ?? "unfinished"];
  const sign = paint === "muted" ? "?" : theme.sign(paint);
  return { text: `${sign} ${verdict ?? "unfinished"}`, paint };
}

/** The state with its letter, `-` once the endpoint is gone. */
export function stateSpan(theme: Theme, { state, endedAt }: Endpoint): Span {
  if (endedAt !== null) return { text: UNKNOWN, paint: "muted" };
  return { text: `${theme.sign(state)} ${state}`, paint: state };
}

/** `address:port` of this side; IPv4 as itself, also on an IPv6 socket. */
export function localText({ tuple }: Endpoint): string {
  return formatEndpoint(unmappedAddress(tuple.local), tuple.localPort);
}

/** `address:port` of the other side; IPv4 as itself, also on an IPv6 socket. */
export function remoteText({ tuple }: Endpoint): string {
  return formatEndpoint(unmappedAddress(tuple.remote), tuple.remotePort);
}

/** The owner's name, with `?` where it is only likely, or why there is no owner. */
export function ownerSpan({ owner, orphan, unread }: Endpoint): Span {
  if (owner !== null) return { text: owner.comm + (owner.confidence === "certain" ? "" : "?") };
  if (unread === "not-accepted") return { text: "(unaccepted)", paint: "warn" };
  return { text: orphan ? "(orphan)" : UNKNOWN, paint: "muted" };
}

/** Whether it was closing already when it was first seen: its beginning is not known. */
export function isOlder({ phases }: Endpoint): boolean {
  const [first] = phases;
  return first?.atLeast === true && CLOSING_STATES.has(first.state);
}

/**
 * From the first FIN or RST until all four waves were done or the endpoint ended, so far if it has
 * not. TIME_WAIT is not counted: it is always 60 s. Where the beginning was not seen it is "more
 * than", or unknown.
 */
export function tookText(endpoint: Endpoint, now: Nanoseconds): string {
  const ns = tookNs(endpoint, now);
  if (ns === null) return UNKNOWN;
  if (!isOlder(endpoint)) return formatDuration(ns / 1e6);
  return ns === 0 ? UNKNOWN : `>${formatDuration(ns / 1e6)}`;
}

/** What {@link tookText} says, as a number; null where no teardown has begun. */
export function tookNs(endpoint: Endpoint, now: Nanoseconds): Nanoseconds | null {
  const { teardownAt, endedAt, phases } = endpoint;
  if (teardownAt === null) return null;
  const timeWait = phases.find(({ state }) => state === "TIME_WAIT");
  return Math.max(0, (timeWait?.from ?? endedAt ?? now) - teardownAt);
}

/** What a filter may ask of an endpoint; each is made only when it is asked for. */
export function endpointRow(endpoint: Endpoint, now: Nanoseconds): FilterRow {
  const { tuple, verdict, state, role, trigger, id, resends } = endpoint;
  return {
    get text() {
      return endpointText(endpoint);
    },
    state,
    verdict: verdict ?? "unfinished",
    role,
    trigger,
    id,
    netns: tuple.netns,
    resends: resends.length,
    port: [tuple.localPort, tuple.remotePort],
    get local() {
      return localText(endpoint);
    },
    get remote() {
      return remoteText(endpoint);
    },
    get comm() {
      return holdersOf(endpoint).map(({ comm }) => comm);
    },
    get pid() {
      return holdersOf(endpoint).map(({ pid }) => pid);
    },
    age: ((endpoint.endedAt ?? now) - stateSince(endpoint)) / 1e6,
    get took() {
      const ns = tookNs(endpoint, now);
      return ns === null ? null : ns / 1e6;
    },
  };
}

/** The owner and every process that holds it. */
function holdersOf({ owner, holders }: Endpoint): ReadonlyArray<{ pid: number; comm: string }> {
  return owner === null ? holders : [owner, ...holders];
}

function endpointText(endpoint: Endpoint): string {
  const { verdict, state, owner, role, trigger } = endpoint;
  const who = owner === null ? "" : `${owner.comm} ${owner.pid}`;
  return `${verdict ?? ""} ${state} ${localText(endpoint)} ${remoteText(endpoint)} ${who} ${role} ${trigger ?? ""}`;
}

/** When the endpoint entered its state. */
export function stateSince({ phases, bornAt }: Endpoint): Nanoseconds {
  return phases.at(-1)?.from ?? bornAt;
}

/** Re-sends of a FIN, alone or with data before it. */
export function finResends({ resends }: Endpoint): Endpoint["resends"] {
  return resends.filter(({ kind }) => kind === "FIN" || kind === "DATA+FIN");
}

/** Which wave was lost: `1`, or `1/2` where one end cannot tell. */
export function lostText({ lostWave }: Endpoint): string {
  return lostWave === null ? "" : String(lostWave).replace(" or ", "/");
}
