/** The four waves of a teardown: FIN, its ACK, the other FIN, its ACK. */

import type { Nanoseconds } from "../event/trace-event.ts";
import type { Endpoint, Evidence, LostWave, Wave } from "./endpoint.ts";

/** Note a wave once; a later, better-founded claim replaces a weaker one. */
export function noteWave(
  endpoint: Endpoint,
  n: Wave["n"],
  by: Wave["by"],
  at: Nanoseconds | null,
  evidence: Evidence,
): void {
  const known = endpoint.waves.find((wave) => wave.n === n);
  if (known !== undefined) {
    if (known.evidence !== "observed" && evidence === "observed") {
      known.at = at;
      known.evidence = evidence;
    }
    return;
  }
  if (endpoint.waves.length === 0) {
    // A literal takes the room of one; the first push() would take that of seventeen.
    endpoint.waves = [newWave(n, by, at, evidence)];
    return;
  }
  const { waves } = endpoint;
  let place = waves.length;
  while (place > 0 && (waves[place - 1] as Wave).n > n) place--;
  endpoint.waves = [...waves.slice(0, place), newWave(n, by, at, evidence), ...waves.slice(place)];
}

function newWave(n: Wave["n"], by: Wave["by"], at: Nanoseconds | null, evidence: Evidence): Wave {
  return { n, segment: n % 2 === 1 ? "FIN" : "ACK", by, at, evidence, retransmits: 0 };
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
