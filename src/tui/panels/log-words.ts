// Says in few words what an event is.
import type { TcpState } from "../../event/tcp-state.ts";
import type {
  RetransmitEvent,
  SocketTuple,
  TraceEvent,
  TransitionEvent,
} from "../../event/trace-event.ts";
import { formatCount, formatDuration } from "../format.ts";
import type { Span } from "../painter.ts";
import type { Theme } from "../theme.ts";

const FIN = 1;
const SYN = 2;

/** The connection that an event is about; null for one about the trace as a whole. */
export function eventAbout(event: TraceEvent): SocketTuple | null {
  return "localPort" in event ? event : null;
}

/** The widest name but one of a state: arrows below each other are read at a glance. */
const FROM_WIDTH = 11;

/**
 * The event with its sign: `W ESTABLISHED → CLOSE_WAIT`, `▲ FIN again`, `■ RST sent`.
 *
 * @param withFrom false where there is room for the new state alone
 */
export function eventSpans(event: TraceEvent, theme: Theme, withFrom: boolean): readonly Span[] {
  const arrow = theme.glyphs.level === "full" ? "→" : ">";
  switch (event.type) {
    case "transition":
      return [
        { text: `${theme.sign(event.to)} `, paint: event.to },
        { text: `${withFrom ? `${event.from.padEnd(FROM_WIDTH)} ` : ""}${arrow} `, paint: "muted" },
        { text: event.to, paint: event.to },
      ];
    case "retransmit":
      return [{ text: `${theme.sign("warn")} ${segmentOf(event)} again`, paint: "warn" }];
    case "reset":
      return [{ text: `${theme.sign("critical")} RST ${event.direction}`, paint: "critical" }];
    case "mini-segment":
      return [
        {
          text: `${theme.sign(event.substate)} ${segmentName(event.flags)} in ${event.substate}`,
          paint: event.substate,
        },
      ];
    case "mini-end":
      return [{ text: `${theme.sign(event.substate)} ${event.substate} ends`, paint: "muted" }];
    case "gap":
      return [{ text: `${theme.sign("warn")} events missing`, paint: "warn" }];
    default:
      return [{ text: `  ${event.type}`, paint: "muted" }];
  }
}

/**
 * What else it says: who, why, how long.
 *
 * @param owner who holds the connection, so that nobody is named twice in a line
 */
export function eventDetail(event: TraceEvent, owner: string | null = null): string {
  switch (event.type) {
    case "transition":
      return transitionDetail(event, owner);
    case "retransmit": {
      const rto = event.rtoMs === undefined ? "" : ` ${formatDuration(event.rtoMs)}`;
      const why = event.cause === "unknown" ? "" : event.cause;
      return `${why}${event.cause === "RTO" ? rto : ""}${event.failed ? " not sent" : ""}`.trim();
    }
    case "reset":
      return (event.reason ?? "").replaceAll("_", " ").toLowerCase();
    case "gap":
      return `${event.cause}${event.count === null ? "" : `, ${formatCount(event.count)}`} in ${formatDuration((event.t - event.from) / 1e6)}`;
    default:
      return "";
  }
}

const CLOSED_BY: Readonly<Partial<Record<TcpState, true>>> = { FIN_WAIT1: true, LAST_ACK: true };
const ERRORS: Readonly<Record<number, string>> = {
  32: "reset by the peer",
  104: "reset by the peer",
  110: "timed out",
  111: "refused",
  113: "no route",
};

function transitionDetail(event: TransitionEvent, owner: string | null): string {
  const { from, to, shutdown, exiting, error, inProcess, comm } = event;
  const who = inProcess === true && comm !== owner ? ` by ${comm}` : "";
  if (CLOSED_BY[to] && from !== to) {
    if (exiting === true) return comm === owner ? "its process exits" : `exit of ${comm}`;
    if (shutdown === 3) return `close()${who}`;
    if (shutdown === 2) return `shutdown()${who}`;
    return who.trim();
  }
  if (to === "CLOSE_WAIT") return "the peer's FIN came";
  if (to === "CLOSE" && error !== undefined && error !== 0) {
    return ERRORS[error] ?? `error ${error}`;
  }
  if (to === "FIN_WAIT2")
    return from === to ? "no process holds it now" : "our FIN is acknowledged";
  if (to === "SYN_SENT") return `connect()${who}`;
  return "";
}

function segmentOf({ flags, length, state }: RetransmitEvent): string {
  if (flags === null) return "segment";
  if (flags & SYN) return state === "SYN_RECV" ? "SYN-ACK" : "SYN";
  if (flags & FIN) return length ? "DATA+FIN" : "FIN";
  return "DATA";
}

function segmentName(flags: number): string {
  if (flags & 4) return "RST";
  if (flags & FIN) return "FIN";
  if (flags & SYN) return "SYN";
  return "ACK";
}
