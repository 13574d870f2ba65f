/** What a screen tells in sentences: how a teardown went, and what to do about a finding. */

import type { Endpoint } from "../core/endpoint.ts";
import type { Finding } from "../core/finding.ts";
import type { TraceView } from "../core/trace.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import { clockOf } from "./clock.ts";
import { adviseOn } from "./finding-advice.ts";
import { sentenceOf } from "./sentence.ts";

/**
 * The texts of a recording that began then, with the sysctls of the trace that stands at a place
 * now, whichever that is.
 */
export function tellerOf(startedAt: string, place: { readonly trace: TraceView }) {
  const clock = clockOf(startedAt);
  return {
    sentence: (endpoint: Endpoint, now: Nanoseconds) =>
      sentenceOf(endpoint, {
        clock,
        endNs: now,
        sysctls: (netns) => place.trace.sysctls(netns),
      }),
    advice: (finding: Finding) => adviseOn(finding, place.trace),
  };
}
