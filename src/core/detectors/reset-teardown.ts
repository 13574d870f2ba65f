/** Connections between two addresses that end by RST again and again: a habit, no accident. */

import type { Nanoseconds } from "../../event/trace-event.ts";
import type { CoreState } from "../core-state.ts";
import type { Firing } from "../finding.ts";
import type { ResetCause } from "../reset-cause.ts";
import type { ResetGroup } from "../reset-window.ts";
import { countedToo } from "./counter-evidence.ts";
import type { Detector } from "./detector.ts";
import { counted } from "./wording.ts";

/** Fires once per pair of addresses and cause, from `threshold` teardowns in a minute on. */
export const resetTeardown: Detector = {
  kind: "reset-teardown",
  about: "connections between two addresses that end by RST, for one cause",
  threshold: 5,
  unit: "resets",
  find(core, now, threshold) {
    const firings: Firing[] = [];
    for (const group of core.resets.groups()) {
      if (group.count >= threshold) firings.push(fire(core, group, now));
    }
    return firings;
  },
};

const CAUSES: Readonly<Record<ResetCause, string>> = {
  "unread-data": "this side closed with data unread",
  linger: "this side closed with SO_LINGER 0",
  "data-after-close": "data came after this side had closed",
  "data-with-ack": "the ACK of this side's FIN came with data, or TCP_LINGER2 is below 0",
  "not-accepted": "the listener closed before it accepted them",
  memory: "the kernel had no room for orphans or no memory",
  received: "the RST came from the other side",
};

/** The counter that each of a cause is in; data for a mini-socket is in none. */
const COUNTERS: Readonly<Partial<Record<ResetCause, string>>> = {
  "unread-data": "TCPAbortOnClose",
  linger: "TCPAbortOnData",
  "data-with-ack": "TCPAbortOnData",
  memory: "TCPAbortOnMemory",
};

function fire(core: CoreState, group: ResetGroup, now: Nanoseconds): Firing {
  const { key, netns, local, remote, cause, count, entries } = group;
  const name = cause === null ? undefined : COUNTERS[cause];
  let since: Nanoseconds = Number.POSITIVE_INFINITY;
  for (const at of entries.values()) since = Math.min(since, at);
  const why = cause === null ? "the kernel's reason has no word" : CAUSES[cause];
  const other = entries.size - count;
  return {
    key,
    severity: "warning",
    since,
    subject: { local, remote, ...(cause !== null && { cause }) },
    count,
    summary: `${counted(count, "connection")} between ${local} and ${remote} ended by RST within a minute: ${why}`,
    endpoints: [...entries.keys()],
    evidence: [
      cause === "received" ? "the RSTs were received" : "the RSTs were sent by this side",
      ...(other > 0 ? [`the other end of ${other} of them is on this host too`] : []),
      ...(name === undefined
        ? []
        : countedToo({ core, now, netns: [netns], name }, entries.values(), count / entries.size)),
    ],
  };
}
