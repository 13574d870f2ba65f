/** The kernel's TCP states, in the kernel's order and spelling. */

/**
 * The states of `include/net/tcp_states.h`, at the index that the kernel numbers them by.
 *
 * Index 0 is no state. NEW_SYN_RECV exists only on request sockets.
 */
export const TCP_STATES = [
  null,
  "ESTABLISHED",
  "SYN_SENT",
  "SYN_RECV",
  "FIN_WAIT1",
  "FIN_WAIT2",
  "TIME_WAIT",
  "CLOSE",
  "CLOSE_WAIT",
  "LAST_ACK",
  "LISTEN",
  "CLOSING",
  "NEW_SYN_RECV",
] as const;

/** A TCP state as the kernel writes it, without its `TCP_` prefix. */
export type TcpState = Exclude<(typeof TCP_STATES)[number], null>;

const NAMES: ReadonlySet<string> = new Set(TCP_STATES.filter((name) => name !== null));

/** Tell whether a text is a kernel state name. */
export function isTcpState(text: unknown): text is TcpState {
  return typeof text === "string" && NAMES.has(text);
}

/** Name the state with the kernel's number, or null for a number that is no state. */
export function tcpStateOf(number: number): TcpState | null {
  return TCP_STATES[number] ?? null;
}

/** The states between the first FIN and the end of an endpoint, TIME_WAIT included. */
export const CLOSING_STATES: ReadonlySet<TcpState> = new Set<TcpState>([
  "FIN_WAIT1",
  "FIN_WAIT2",
  "CLOSING",
  "TIME_WAIT",
  "CLOSE_WAIT",
  "LAST_ACK",
]);
