/** Gathers, for one finding, the facts that its advice depends on. */

import type { Endpoint } from "../core/endpoint.ts";
import type { Advice, Finding } from "../core/finding.ts";
import type { TraceView } from "../core/trace.ts";
import type { Ledger } from "../event/recording.ts";
import { unmappedAddress } from "../event/tuple.ts";
import { type AdviceFacts, adviceFor, type ResetCause } from "../explain/index.ts";

/**
 * The advice for a finding, from its endpoints and the sysctls of their namespace.
 *
 * A fact goes in only where it holds for every endpoint of the finding, so that the advice never
 * speaks of a part as of the whole; `eofRead` and a shared descriptor count where one has it.
 */
export function adviseOn(finding: Finding, view: TraceView): readonly Advice[] {
  const endpoints = finding.endpoints.flatMap((id) => view.endpoint(id) ?? []);
  const { cause } = finding.subject;
  const facts: AdviceFacts = {
    sysctls: view.sysctls(endpoints[0]?.tuple.netns),
    ...fact(
      "unread",
      same(endpoints, ({ unread }) => unread),
    ),
    ...fact("stuckCause", finding.owner?.cause ?? undefined),
    ...fact(
      "isLoopback",
      same(endpoints, ({ tuple }) => isLoopback(tuple.remote)),
    ),
    ...fact("eofRead", endpoints.some(({ eofRead }) => eofRead) || undefined),
    ...fact("isShared", endpoints.some(({ holders }) => holders.length > 1) || undefined),
    ...fact(
      "orphan",
      same(endpoints, ({ orphan }) => orphan),
    ),
    ...fact("resetCause", oneOf(RESET_CAUSES, cause) ?? same(endpoints, resetCause)),
    ...fact("limit", limitOf(finding)),
    ...fact("portsHeldBy", oneOf(PORT_HOLDERS, mostCommonState(endpoints))),
    ...fact("loss", oneOf(LOSSES, cause) ?? lossOf(view.ledger())),
  };
  return adviceFor(finding.kind, facts);
}

function isLoopback(address: string): boolean {
  return address === "::1" || unmappedAddress(address).startsWith("127.");
}

const RESET_CAUSES = [
  "unread-data",
  "linger",
  "data-after-close",
  "data-with-ack",
  "not-accepted",
  "memory",
  "received",
] as const;
const LIMITS = ["ports", "tw-buckets", "orphans", "memory"] as const;
const PORT_HOLDERS = ["TIME_WAIT", "FIN_WAIT2", "CLOSE_WAIT", "ESTABLISHED"] as const;
const COUNTED_LOSSES = ["lost", "skipped", "unparsed", "evicted"] as const;
const LOSSES = [...COUNTED_LOSSES, "restart", "hung", "disk", "damaged"] as const;

function fact<K extends string, V>(name: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [key in K]?: V });
}

function oneOf<T extends string>(names: readonly T[], name: string | undefined): T | undefined {
  return names.find((known) => known === name);
}

/** The value that all endpoints share, or undefined. */
function same<T>(endpoints: readonly Endpoint[], of: (endpoint: Endpoint) => T): T | undefined {
  const [first] = endpoints;
  if (first === undefined) return undefined;
  const value = of(first);
  return endpoints.every((endpoint) => of(endpoint) === value) ? value : undefined;
}

/** Why the kernel sent or took the RST (`include/net/rstreason.h`). */
function resetCause({ verdict, trigger, unread, reset }: Endpoint): ResetCause | undefined {
  if (verdict === "reset-received") return "received";
  if (verdict !== "reset-sent") return undefined;
  if (unread === "not-accepted") return "not-accepted";
  if (trigger === "unread-data" || trigger === "linger") return trigger;
  if (reset?.reason === "TCP_ABORT_ON_DATA") return "data-after-close";
  return reset?.reason === "TCP_ABORT_ON_MEMORY" ? "memory" : undefined;
}

function limitOf({ kind, subject }: Finding): AdviceFacts["limit"] | undefined {
  const named = oneOf(LIMITS, subject.cause);
  if (named !== undefined || kind !== "time-wait-pressure") return named;
  return subject.remote === undefined ? "tw-buckets" : "ports";
}

function mostCommonState(endpoints: readonly Endpoint[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { state } of endpoints) {
    if (state !== "CLOSE") counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

function lossOf(ledger: Ledger): (typeof COUNTED_LOSSES)[number] | undefined {
  return COUNTED_LOSSES.find((loss) => ledger[loss] > 0);
}
