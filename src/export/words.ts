/** The enumerated words of the contract, as a person would say them. */

import type { Endpoint, LostWave, Role, Trigger, Unread, Verdict } from "../core/endpoint.ts";
import { processName } from "./names.ts";

/** What became of a connection, from this end's point of view. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  graceful: "closed gracefully: all four waves",
  "reset-sent": "ended by an RST from this end",
  "reset-received": "ended by an RST from the other end",
  "timed-out": "the kernel gave up waiting",
  refused: "the connection was refused",
  killed: "an administrator destroyed the socket",
  unfinished: "still open or closing when the recording ended",
  unknown: "unknown: events are missing",
};

/** Who sent the first FIN. */
export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  active: "closed first",
  passive: "the other end closed first",
  simultaneous: "both ends closed at once",
  none: "no FIN was seen",
};

/** What the receive queue of a CLOSE_WAIT endpoint says of its application. */
export const UNREAD_WORDS: Readonly<Record<Unread, string>> = {
  drained: "the application has read everything and not closed",
  "fin-unread": "the application has not read the end of the stream",
  "data-unread": "data lies unread, so a close now sends an RST",
  "not-accepted": "it waits in the accept queue: no process has accepted it",
};

const TRIGGER_CALLS: Readonly<Record<Exclude<Trigger, "exit">, [call: string, how: string]>> = {
  close: ["close()", ""],
  shutdown: ["shutdown()", ""],
  linger: ["close()", " with SO_LINGER 0"],
  "unread-data": ["close()", " with data unread"],
};

/**
 * How an end's own side was closed and by whom, or null while it is not.
 *
 * The holder is not always the closer (descriptors are passed on), so it is named as the caller
 * only where the closing itself told its process.
 */
export function triggerText({ trigger, owner }: Endpoint): string | null {
  if (trigger === null) return null;
  if (trigger === "exit") {
    const who = owner === null ? "its process" : processName(owner);
    return `${who} died with it open`;
  }
  const [call, how] = TRIGGER_CALLS[trigger];
  if (owner === null) return call + how;
  if (owner.source === "close") return `${call} by ${processName(owner)}${how}`;
  const held = owner.confidence === "certain" ? "held by" : "probably held by";
  return `${call}${how}, ${held} ${processName(owner)}`;
}

/** Which wave was lost, as far as it can be known. */
export function lostWaveText(lost: LostWave): string {
  return typeof lost === "number"
    ? `wave ${lost} was lost`
    : `wave ${lost} was lost; one end alone cannot tell which`;
}
