/** Traces made by hand behind the interface that the exporters read; they test no reducer. */

import type { Endpoint, Role, Verdict } from "../../src/core/endpoint.ts";
import type { Finding } from "../../src/core/finding.ts";
import type { Percentiles, Summary, TraceView } from "../../src/core/trace.ts";
import type { Ledger, RecordingHeader } from "../../src/event/recording.ts";
import type { ProcessEvent } from "../../src/event/trace-event.ts";
import type { RecordingFrame } from "../../src/export/report.ts";
import { buildReport, type Report } from "../../src/export/report.ts";

const ROLES: readonly Role[] = ["active", "passive", "simultaneous", "none"];
const VERDICTS: readonly Verdict[] = [
  "graceful",
  "reset-sent",
  "reset-received",
  "timed-out",
  "refused",
  "killed",
  "unfinished",
  "unknown",
];

/** A ledger without loss. */
export function ledgerOf(counted: number, fields: Partial<Ledger> = {}): Ledger {
  return {
    counted,
    received: counted,
    lost: 0,
    skipped: 0,
    unparsed: 0,
    evicted: 0,
    balanced: true,
    ...fields,
  };
}

/** What a synthetic trace holds. */
export interface SyntheticTrace {
  readonly endpoints: Iterable<Endpoint>;
  readonly findings?: readonly Finding[];
  readonly ledger?: Ledger;
  readonly processes?: readonly ProcessEvent[];
  readonly phaseMs?: Readonly<Record<string, Percentiles>>;
  readonly sysctls?: Readonly<Record<string, string>>;
}

/** The read side of a trace, over endpoints that are already there. */
export function viewOf(trace: SyntheticTrace, now: number): TraceView {
  const { endpoints, findings = [], ledger = ledgerOf(12_345), processes = [] } = trace;
  return {
    now,
    endpoints: () => endpoints,
    endpoint: (id) => [...endpoints].find((endpoint) => endpoint.id === id),
    findings: () => findings,
    summary: () => summaryOf(endpoints, trace.phaseMs ?? {}),
    ledger: () => ledger,
    gaps: () => [],
    countedUntil: null,
    process: (pid) => processes.find((process) => process.pid === pid),
    listenerOf: () => undefined,
    sysctls: () => trace.sysctls ?? {},
    isComplete: () => true,
  };
}

function summaryOf(endpoints: Iterable<Endpoint>, phaseMs: Summary["phaseMs"]): Summary {
  const byVerdict = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0]));
  const byRole = Object.fromEntries(ROLES.map((role) => [role, 0]));
  const retransmits = { FIN: 0, DATA: 0, SYN: 0 };
  let count = 0;
  let teardowns = 0;
  for (const { verdict, role, teardownAt, resends } of endpoints) {
    count += 1;
    teardowns += teardownAt === null ? 0 : 1;
    byVerdict[verdict ?? "unfinished"] = (byVerdict[verdict ?? "unfinished"] ?? 0) + 1;
    byRole[role] = (byRole[role] ?? 0) + 1;
    for (const { kind } of resends) retransmits[kind === "DATA+FIN" ? "FIN" : kind] += 1;
  }
  return {
    endpoints: count,
    itemised: count,
    teardowns,
    byVerdict: byVerdict as Record<Verdict, number>,
    byRole: byRole as Record<Role, number>,
    retransmits,
    phaseMs,
  };
}

/** A header that says of itself that no kernel stood behind it. */
export function headerOf(fields: Partial<RecordingHeader> = {}): RecordingHeader {
  return {
    type: "header",
    schema: 1,
    program: "lastack",
    version: "0.1.0",
    startedAt: "2026-11-21T05:00:00.123456789Z",
    bootId: "3d9b7c54-0000-4000-8000-000000000001",
    hostname: "web-1",
    kernel: "6.18.44",
    bpftrace: "0.17.0",
    probes: ["sock:inet_sock_set_state", "tcp:tcp_retransmit_skb"],
    detail: "transitions",
    filters: {},
    sysctls: {},
    origin: "synthetic",
    ...fields,
  };
}

/** A report over a synthetic trace that was closed cleanly at `endNs`. */
export function reportOf(
  trace: SyntheticTrace,
  endNs: number,
  frame: Partial<RecordingFrame> = {},
): Report {
  const footer = { type: "footer", t: endNs, ledger: trace.ledger ?? ledgerOf(12_345) } as const;
  return buildReport(viewOf(trace, endNs), {
    header: headerOf(),
    footer,
    closedCleanly: true,
    endNs,
    ...frame,
  });
}
