/** One plain sentence on an endpoint: who closed, who answered, where it stands. */

import type { Endpoint, Wave } from "../core/endpoint.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import type { Clock } from "./clock.ts";
import { countOf, durationText } from "./duration.ts";
import { giveUpOf } from "./give-up.ts";
import { holderName, localName, remoteName } from "./names.ts";
import { lostWaveText, triggerText, UNREAD_WORDS } from "./words.ts";

/** What a sentence is told against. */
export interface SentenceContext {
  readonly clock: Pick<Clock, "time">;
  /** End of the recording, or now. */
  readonly endNs: Nanoseconds;
  /** The sysctls of a namespace; without them nothing is said of when the kernel gives up. */
  readonly sysctls?: (netns: number) => Readonly<Record<string, string>>;
}

/**
 * Tell the story of one endpoint in one sentence, safe to show and not yet escaped for a format.
 *
 * It says no more than the endpoint carries: times that no one saw are left out, a re-sent FIN
 * names the waves that may be lost, and a wait is measured from when it was first seen.
 */
export function sentenceOf(endpoint: Endpoint, context: SentenceContext): string {
  const clauses = [
    opening(endpoint),
    resends(endpoint),
    ending(endpoint, context),
    patience(endpoint, context),
  ];
  const text = clauses.filter((clause) => clause !== null).join("; ");
  return `${text}.`;
}

function opening(endpoint: Endpoint): string {
  const local = localName(endpoint.tuple);
  const remote = remoteName(endpoint.tuple);
  switch (endpoint.role) {
    case "active":
      return `${local} closed first${how(endpoint)}${answer(endpoint)}`;
    case "passive":
      return `${remote} closed first${reply(endpoint, local)}`;
    case "simultaneous":
      return `${local} and ${remote} closed at the same time${how(endpoint)}`;
    case "none":
      return withoutFin(endpoint, local, remote);
  }
}

function how(endpoint: Endpoint): string {
  const text = triggerText(endpoint);
  return text === null ? "" : ` (${text})`;
}

/** What the peer did about our FIN. */
function answer(endpoint: Endpoint): string {
  const [ours, theirs] = [fin(endpoint, "local"), fin(endpoint, "remote")];
  if (theirs === undefined) {
    const isAcknowledged = endpoint.waves.some((wave) => wave.n === 2);
    if (endpoint.endedAt !== null && endpoint.verdict !== "timed-out") return "";
    return isAcknowledged
      ? ", the peer acknowledged and has not closed its side"
      : ", the peer has not acknowledged the FIN";
  }
  const delay = between(ours, theirs);
  return delay === null ? ", the peer answered with its FIN" : `, the peer answered ${delay} later`;
}

/** What we did about the peer's FIN. */
function reply(endpoint: Endpoint, local: string): string {
  const ours = fin(endpoint, "local");
  if (ours === undefined) {
    if (endpoint.endedAt !== null) return "";
    const holder = endpoint.owner === null ? "" : ` (held by ${holderName(endpoint)})`;
    return `, ${local} has not closed${holder}`;
  }
  const delay = between(fin(endpoint, "remote"), ours);
  const when = delay === null ? "afterwards" : `${delay} later`;
  return `, ${local} closed ${when}${how(endpoint)}`;
}

function withoutFin(endpoint: Endpoint, local: string, remote: string): string {
  switch (endpoint.verdict) {
    case "reset-sent":
      return `${local} ended the connection with ${remote} by RST${how(endpoint)}`;
    case "reset-received":
      return `${remote} ended the connection with ${local} by RST`;
    case "timed-out":
      return `${local} got no answer from ${remote} and the kernel gave up`;
    case "refused":
      return `${local} could not connect to ${remote}`;
    case "killed":
      return `an administrator destroyed the socket of ${local} towards ${remote}`;
    case "unknown":
      return `how ${local} and ${remote} parted is hidden by missing events`;
    case "unfinished":
      return `${local} was never connected to ${remote}${because(endpoint)}`;
    default:
      return `no FIN between ${local} and ${remote} was seen`;
  }
}

function because({ note }: Endpoint): string {
  return note === null ? "" : `: ${note}`;
}

function resends(endpoint: Endpoint): string | null {
  const fins = endpoint.resends.filter((resend) => resend.kind.endsWith("FIN"));
  const first = fins[0];
  const last = fins.at(-1);
  if (first === undefined || last === undefined) return null;
  const span = last.at > first.at ? ` over ${durationText(last.at - first.at)}` : "";
  const lost = endpoint.lostWave === null ? "" : ` (${lostWaveText(endpoint.lostWave)})`;
  const often = fins.length === 1 ? "once" : countOf(fins.length, "time");
  return `its FIN was sent again ${often}${span}${lost}`;
}

/** How much longer the kernel will try. */
function patience(endpoint: Endpoint, context: SentenceContext): string | null {
  const giveUp = giveUpOf(endpoint, context.sysctls?.(endpoint.tuple.netns) ?? {});
  if (giveUp === null) return null;
  const { at, sysctl, value, rtoMs } = giveUp;
  const pace = rtoMs === null ? "" : `the timeout has grown to ${durationText(rtoMs * 1e6)} and `;
  return `${pace}the kernel gives up about ${context.clock.time(at, 0)} by ${sysctl} = ${value}`;
}

function ending(endpoint: Endpoint, context: SentenceContext): string | null {
  if (endpoint.endedAt !== null) return ended(endpoint);
  const phase = endpoint.phases.at(-1);
  if (phase === undefined) return `in ${endpoint.state}`;
  if (endpoint.state === "TIME_WAIT" && endpoint.expiresAt !== null) {
    return `TIME_WAIT until ${context.clock.time(endpoint.expiresAt, 3)}`;
  }
  const age = durationText(Math.max(0, context.endNs - phase.from));
  const stay = `in ${endpoint.state} for ${phase.atLeast ? "at least " : ""}${age}`;
  if (endpoint.state === "CLOSE_WAIT" && endpoint.unread !== null) {
    return `${stay}: ${UNREAD_WORDS[endpoint.unread]}`;
  }
  return endpoint.orphan && endpoint.state !== "TIME_WAIT" ? `${stay}, held by no process` : stay;
}

/** How a teardown that began with a FIN ended, where that is not by the book. */
function ended({ role, verdict, teardownAt, endedAt }: Endpoint): string | null {
  const after =
    teardownAt === null || endedAt === null ? "" : ` after ${durationText(endedAt - teardownAt)}`;
  if (verdict === "graceful") return `all four waves, gone${after}`;
  if (role === "none") return null;
  switch (verdict) {
    case "reset-sent":
      return `then it ended by an RST of its own${after}`;
    case "reset-received":
      return `then the other end's RST ended it${after}`;
    case "timed-out":
      return `the kernel gave up${after}`;
    case "killed":
      return `an administrator destroyed the socket${after}`;
    default:
      return "how it ended is hidden by missing events";
  }
}

function fin(endpoint: Endpoint, by: Wave["by"]): Wave | undefined {
  return endpoint.waves.find((wave) => wave.segment === "FIN" && wave.by === by);
}

function between(first: Wave | undefined, second: Wave | undefined): string | null {
  if (first?.at == null || second?.at == null || second.at < first.at) return null;
  return durationText(second.at - first.at);
}
