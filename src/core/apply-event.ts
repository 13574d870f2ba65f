/** Gives one event to the reducer of its type. */

import type { DetailEvent } from "../event/detail.ts";
import type { GapEvent, HostEvent, Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import { applyOpen, applyOwner, applyProcess, applyThreads, applyUse } from "./apply-owner.ts";
import {
  applyDestroy,
  applyMiniEnd,
  applyMiniSegment,
  applyRead,
  applyReset,
  applyRetransmit,
} from "./apply-segment.ts";
import { applySnapshot, applySnapshotEnd } from "./apply-snapshot.ts";
import { applyTransition } from "./apply-transition.ts";
import type { CoreState } from "./core-state.ts";
import { applyCounts } from "./counted-lives.ts";

const OVERFLOW = "TcpExt.TCPTimeWaitOverflow";

/** Apply an event to the state, whose clock stands at the event. Never throws. */
export function applyEvent(core: CoreState, event: TraceEvent): void {
  switch (event.type) {
    case "transition":
      applyTransition(core, event);
      break;
    case "retransmit":
      applyRetransmit(core, event);
      break;
    case "reset":
      applyReset(core, event);
      break;
    case "open":
      applyOpen(core, event);
      break;
    case "read":
      applyRead(core, event);
      break;
    case "use":
      applyUse(core, event);
      break;
    case "destroy":
      applyDestroy(core, event);
      break;
    case "mini-segment":
      applyMiniSegment(core, event);
      break;
    case "mini-end":
      applyMiniEnd(core, event);
      break;
    case "snapshot":
      applySnapshot(core, event);
      break;
    case "snapshot-end":
      applySnapshotEnd(core, event);
      break;
    case "owner":
      applyOwner(core, event);
      break;
    case "process":
      applyProcess(core, event);
      break;
    case "threads":
      applyThreads(core, event);
      break;
    case "host":
      applyHost(core, event);
      break;
    case "heartbeat":
      core.heartbeat = event;
      break;
    case "detail":
      applyDetail(core, event);
      break;
    case "counts":
      applyCounts(core, event);
      break;
    case "gap":
      applyGap(core, event);
      break;
  }
}

function applyHost(core: CoreState, event: HostEvent): void {
  if (event.sysctls !== undefined) {
    core.sysctls.set(event.netns, { ...core.sysctls.get(event.netns), ...event.sysctls });
  }
  if (event.counters !== undefined) {
    const before = core.counters.get(event.netns)?.[OVERFLOW];
    const after = event.counters[OVERFLOW];
    if (before !== undefined && after !== undefined && after > before) {
      core.overflows.set(event.netns, event.t);
    }
    const known = core.counters.get(event.netns);
    // Last in the map is newest: what counts the whole host stands in every namespace.
    core.counters.delete(event.netns);
    core.counters.set(event.netns, { ...known, ...event.counters });
    core.counterWindow.note(event.t, event.netns, event.counters);
  }
}

function applyDetail(core: CoreState, event: DetailEvent): void {
  endCounting(core, event.t);
  if (event.detail === "aggregate") core.countedUntil = Number.POSITIVE_INFINITY;
  core.detail = event;
}

function endCounting(core: CoreState, t: Nanoseconds): void {
  if (core.countedUntil !== null) core.countedUntil = Math.min(core.countedUntil, t);
}

function applyGap(core: CoreState, event: GapEvent): void {
  core.gaps.add(event);
  // A bpftrace that is started again begins with what a person asked for, or the header's detail.
  if (event.cause !== "restart" || core.detail?.cause === "asked") return;
  core.detail = null;
  endCounting(core, event.t);
}
