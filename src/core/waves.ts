/** The four waves of a teardown: FIN, its ACK, the other FIN, its ACK. */

import type { Nanoseconds } from "../event/trace-event.ts";
import type { Endpoint, Evidence, LostWave, Wave } from "./endpoint.ts";
import type { EndpointRecord } from "./endpoint-record.ts";

/** Note a wave once; a later, better-founded claim replaces a weaker one. */
export function noteWave(
  endpoint: EndpointRecord,
  n: Wave["n"],
  by: Wave["by"],
  at: Nanoseconds | null,
  evidence: Evidence,
): void {
  const known = endpoint.waveKind(n);
  if (known !== undefined && (known.evidence === "observed" || evidence !== "observed")) return;
  const segment = n % 2 === 1 ? "FIN" : "ACK";
  endpoint.setWave({ n, segment, by, retransmits: 0, ...known, at, evidence });
}

/** The FIN of one end was sent again, if it is known to have been sent. */
export function noteResentFin(endpoint: EndpointRecord, by: Wave["by"]): void {
  const fin = by === "local" ? localFin(endpoint) : remoteFin(endpoint);
  if (fin !== undefined) endpoint.setWave({ ...fin, retransmits: fin.retransmits + 1 });
}

/** The FIN that this end sent, if it has. */
export function localFin(endpoint: Endpoint): Wave | undefined {
  return endpoint.waves.find((wave) => wave.segment === "FIN" && wave.by === "local");
}

/** The FIN that came from the other end, if it has. */
export function remoteFin(endpoint: Endpoint): Wave | undefined {
  return endpoint.waves.find((wave) => wave.segment === "FIN" && wave.by === "remote");
}

/**
 * Which wave a re-sent FIN says was lost.
 *
 * A FIN is sent again when its ACK did not come: either may be lost, and the sender alone
 * cannot know which. With the other end in view it can: if that end had taken the FIN before
 * the re-send, the ACK was lost, otherwise the FIN itself.
 */
export function lostWaveOf(endpoint: Endpoint, resentAt: Nanoseconds): LostWave | null {
  const fin = localFin(endpoint);
  if (fin === undefined) return null;
  const theirs = endpoint.peer === null ? undefined : remoteFin(endpoint.peer);
  const isDecided = endpoint.peer?.isComplete === true;
  if (fin.n === 1) {
    if (!isDecided) return "1 or 2";
    return theirs?.at != null && theirs.at < resentAt ? 2 : 1;
  }
  if (!isDecided) return "3 or 4";
  return theirs?.at != null && theirs.at < resentAt ? 4 : 3;
}
