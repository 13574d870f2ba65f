/** Endpoints made by hand, as the reducer would leave them; no kernel said any of this. */

import type { Endpoint, Phase, Resend, Wave } from "../../src/core/endpoint.ts";
import type { TcpState } from "../../src/event/tcp-state.ts";

/** Milliseconds as the nanoseconds of a recording. */
export const ms = (value: number): number => Math.round(value * 1e6);

/** Seconds likewise. */
export const s = (value: number): number => Math.round(value * 1e9);

/** An endpoint in ESTABLISHED with nothing known of it, changed by `fields`. */
export function endpointOf(id: string, fields: Partial<Endpoint> = {}): Endpoint {
  return {
    id,
    tuple: {
      netns: 4026531840,
      local: "10.0.0.5",
      localPort: 443,
      remote: "10.0.0.9",
      remotePort: 51000,
    },
    sk: "0xffff8881000a0000",
    hasSocket: true,
    direction: "in",
    state: "ESTABLISHED",
    isMini: false,
    bornAt: 0,
    endedAt: null,
    teardownAt: null,
    expiresAt: null,
    role: "none",
    trigger: null,
    verdict: null,
    orphan: false,
    owner: null,
    holders: [],
    unread: null,
    unreadBytes: null,
    eofRead: false,
    inode: null,
    phases: [],
    enteredAt: fields.phases?.at(-1)?.from ?? null,
    waves: [],
    lostWave: null,
    resends: [],
    rttMs: null,
    bytesSent: null,
    bytesReceived: null,
    peer: null,
    hasDoubtfulPeer: false,
    isComplete: true,
    reset: null,
    touchedAt: 0,
    lastDump: 0,
    pairKey: "",
    previousInState: null,
    nextInState: null,
    teardownNo: 0,
    note: null,
    ...fields,
  };
}

/** A run of states: each lasts until the next begins, the last until `endedAt` or without end. */
export function phasesOf(
  entries: readonly (readonly [TcpState, number, Phase["evidence"]?])[],
  endedAt: number | null = null,
): Phase[] {
  return entries.map(([state, from, evidence = "observed"], i) => ({
    state,
    from,
    to: entries[i + 1]?.[1] ?? endedAt,
    evidence,
    atLeast: false,
  }));
}

/** One wave; FIN and ACK follow from the number. */
export function waveOf(
  n: Wave["n"],
  by: Wave["by"],
  at: number | null,
  evidence: Wave["evidence"] = "observed",
  retransmits = 0,
): Wave {
  return { n, segment: n % 2 === 1 ? "FIN" : "ACK", by, at, evidence, retransmits };
}

/** Re-sends of one kind at the given moments, by RTO. */
export function resendsOf(kind: Resend["kind"], moments: readonly number[]): Resend[] {
  return moments.map((at, i) => ({
    at,
    kind,
    cause: i === 0 ? "TLP" : "RTO",
    attempt: i + 1,
    rtoMs: 200 * 2 ** i,
    orphan: true,
  }));
}
