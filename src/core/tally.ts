/** Counts endpoints by verdict and role, also those that are no longer itemised. */

import type { CountedGroup } from "../event/counts.ts";
import type { Endpoint, Role, Verdict } from "./endpoint.ts";

/** Verdict as a report states it: an endpoint without one is still open or closing. */
export function verdictOf(endpoint: Endpoint, isComplete: boolean): Verdict {
  if (endpoint.verdict !== null) return endpoint.verdict;
  return isComplete || endpoint.endedAt === null ? "unfinished" : "unknown";
}

/** Running counts. */
export class Tally {
  endpoints = 0;
  teardowns = 0;
  readonly byVerdict: Record<Verdict, number> = {
    graceful: 0,
    "reset-sent": 0,
    "reset-received": 0,
    "timed-out": 0,
    refused: 0,
    killed: 0,
    unfinished: 0,
    unknown: 0,
  };
  readonly byRole: Record<Role, number> = { active: 0, passive: 0, simultaneous: 0, none: 0 };

  add(endpoint: Endpoint, isComplete: boolean): void {
    this.endpoints++;
    if (endpoint.teardownAt !== null) this.teardowns++;
    this.byVerdict[verdictOf(endpoint, isComplete)]++;
    this.byRole[endpoint.role]++;
  }

  /** Take in endpoints that nothing but their end is known of; each of them was torn down. */
  addCounted({ role, verdict, count }: Pick<CountedGroup, "role" | "verdict" | "count">): void {
    this.endpoints += count;
    this.teardowns += count;
    this.byVerdict[verdict] += count;
    this.byRole[role] += count;
  }

  /** A copy to go on counting with. */
  clone(): Tally {
    const copy = new Tally();
    copy.endpoints = this.endpoints;
    copy.teardowns = this.teardowns;
    Object.assign(copy.byVerdict, this.byVerdict);
    Object.assign(copy.byRole, this.byRole);
    return copy;
  }
}
