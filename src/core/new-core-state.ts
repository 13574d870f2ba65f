/** The state of a trace before its first event, and a copy of it after many. */

import { Copier } from "./copier.ts";
import type { CoreState } from "./core-state.ts";
import { CountedLives } from "./counted-lives.ts";
import { CounterWindow } from "./counter-window.ts";
import { EndpointTable, type EvictionListener } from "./endpoint-table.ts";
import { ExpiryQueue } from "./expiry-queue.ts";
import { GapList } from "./gap-list.ts";
import { ListenerTable } from "./listener-table.ts";
import { ProcessTable } from "./process-table.ts";
import { RecentTeardowns } from "./recent-teardowns.ts";
import { ResetWindow } from "./reset-window.ts";
import type { Resume } from "./resume.ts";
import type { TraceOptions } from "./trace.ts";

/**
 * A copy to go on with, made in steps between which the original must not change.
 *
 * Written out in full: a field that is added to the state does not compile until somebody has
 * decided how it is copied.
 */
export function* copyCoreState(
  core: CoreState,
  onEvict: EvictionListener,
): Generator<void, CoreState> {
  const copier = new Copier();
  const { of } = copier;
  const table = yield* core.table.copySteps(copier, onEvict);
  const expiry = yield* core.expiry.copySteps();
  yield;
  return {
    now: core.now,
    table,
    listeners: core.listeners.copy(),
    expiry,
    gaps: core.gaps.copy(),
    phases: new Map([...core.phases].map(([state, histogram]) => [state, histogram.copy()])),
    counted: core.counted.copy(),
    processes: core.processes.copy(),
    threads: new Map(core.threads),
    sysctls: new Map(core.sysctls),
    counters: new Map(core.counters),
    counterWindow: core.counterWindow.copy(),
    finTroubled: new Set([...core.finTroubled].map(of)),
    portFailures: [...core.portFailures],
    justClosed: copier.map(core.justClosed),
    heldClosed: copier.map(core.heldClosed),
    left: core.left.map((each) => ({ ...each, endpoint: of(each.endpoint) })),
    overflows: new Map(core.overflows),
    seesMiniEnd: core.seesMiniEnd,
    resends: { ...core.resends },
    resets: core.resets.copy(of),
    settled: core.settled.map((each) => ({ ...each, endpoint: of(each.endpoint) })),
    keepsSettled: core.keepsSettled,
    recent: core.recent.copy(of),
    transitions: core.transitions,
    segmentsResent: core.segmentsResent,
    resetsSeen: core.resetsSeen,
    unparsed: core.unparsed,
    heartbeat: core.heartbeat,
    detail: core.detail,
    countedUntil: core.countedUntil,
  };
}

/** An empty state; `onEvict` is told of each endpoint that is forgotten for want of room. */
export function newCoreState(options: TraceOptions, onEvict: EvictionListener): CoreState {
  const { maxEnded = 20_000, maxAlive = 1_000_000, resume } = options;
  const table = new EndpointTable(maxEnded, maxAlive, onEvict);
  if (resume !== undefined) table.idOf = numbering(resume);
  return {
    now: 0,
    table,
    listeners: new ListenerTable(),
    expiry: new ExpiryQueue(),
    gaps: new GapList(),
    phases: new Map(),
    counted: new CountedLives(),
    processes: new ProcessTable(),
    threads: new Map(),
    sysctls: new Map([[0, { ...options.sysctls }]]),
    counters: new Map(),
    counterWindow: new CounterWindow(),
    finTroubled: new Set(),
    portFailures: [],
    justClosed: new Map(),
    heldClosed: new Map(),
    left: [],
    overflows: new Map(),
    seesMiniEnd: options.seesMiniEnd ?? false,
    resends: { FIN: 0, DATA: 0, SYN: 0 },
    resets: new ResetWindow(),
    settled: [],
    keepsSettled: false,
    recent: new RecentTeardowns(),
    transitions: 0,
    segmentsResent: 0,
    resetsSeen: 0,
    unparsed: 0,
    heartbeat: null,
    detail: null,
    countedUntil: null,
  };
}

/** Those that are told of again have the numbers that they had. */
function numbering({ ids, nextId }: Resume): (birth: number) => number {
  return (birth) => ids[birth - 1] ?? nextId + birth - ids.length - 1;
}
