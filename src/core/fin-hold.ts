/** What keeps our FIN from being acknowledged, where it is not being sent again. */

import type { SnapshotEvent } from "../event/trace-event.ts";
import type { Endpoint } from "./endpoint.ts";

/**
 * Where our FIN is.
 *
 * `window`: behind data that the peer's window has no room for; `here`: the window has room and
 * this host drops it; `unsent`: one of the two; `sent`: on its way, its re-send timer runs.
 */
export type FinHold = "window" | "here" | "unsent" | "sent";

/**
 * Read a row of an endpoint that waits for the ACK of its FIN.
 *
 * A FIN that has never left is never sent again: the kernel runs the persist timer for it, when
 * the window is closed and also when a local rule refused it to `tcp_write_xmit()`
 * (`net/ipv4/tcp_output.c:tcp_send_probe0`). Then the window of now tells the two apart, or where
 * it is not told, the one at the moment when the FIN was queued.
 */
export function noteFinHold(endpoint: Endpoint, row: SnapshotEvent): void {
  const hold = finHoldOf(endpoint, row);
  if (hold !== null) endpoint.finHold = hold;
}

/** What the row tells; null where it is not about a FIN of ours. */
export function finHoldOf(endpoint: Endpoint, row: SnapshotEvent): FinHold | null {
  const { state, timer, sendQ, sendWindow } = row;
  if (state !== "FIN_WAIT1" && state !== "CLOSING" && state !== "LAST_ACK") return null;
  if (timer !== "persist") return "sent";
  const hasRoom = sendWindow === undefined ? endpoint.finHasRoom : sendQ <= sendWindow;
  if (hasRoom === undefined) return "unsent";
  return hasRoom ? "here" : "window";
}

/** What keeps it now: a reading of the table before what the state change said. */
export function finHold(endpoint: Endpoint): FinHold {
  if (endpoint.finHold !== undefined) return endpoint.finHold;
  if (endpoint.finHasRoom === undefined) return "unsent";
  return endpoint.finHasRoom ? "here" : "window";
}

/** Whether our FIN has been sent again since this stay began; data before it says nothing of it. */
export function hasResentSince({ resends }: Endpoint, since: number): boolean {
  return resends.some((resend) => resend.at >= since);
}
