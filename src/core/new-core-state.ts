/** The state of a trace before its first event. */

import type { CoreState } from "./core-state.ts";
import { EndpointTable, type EvictionListener } from "./endpoint-table.ts";
import { ExpiryQueue } from "./expiry-queue.ts";
import { GapList } from "./gap-list.ts";
import { ListenerTable } from "./listener-table.ts";
import { RecentTeardowns } from "./recent-teardowns.ts";
import { ResetWindow } from "./reset-window.ts";
import type { TraceOptions } from "./trace.ts";

/** An empty state; `onEvict` is told of each endpoint that is forgotten for want of room. */
export function newCoreState(options: TraceOptions, onEvict: EvictionListener): CoreState {
  return {
    now: 0,
    table: new EndpointTable(options.maxEnded ?? 20_000, options.maxAlive ?? 1_000_000, onEvict),
    listeners: new ListenerTable(),
    expiry: new ExpiryQueue(),
    gaps: new GapList(),
    phases: new Map(),
    processes: new Map(),
    sysctls: new Map([[0, { ...options.sysctls }]]),
    counters: new Map(),
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
  };
}
