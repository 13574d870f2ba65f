/** What a health check is asked: how much of what is too much, and which findings count. */

import type { TcpState } from "../event/tcp-state.ts";
import { detectors } from "./detectors/index.ts";
import type { FindingKind } from "./finding.ts";

/** From good to bad, as monitoring systems name them; not knowing is no level (see Health). */
export const LEVELS = ["OK", "WARNING", "CRITICAL"] as const;

export type Level = (typeof LEVELS)[number];

/** A level that somebody is told of. */
export type Fault = Exclude<Level, "OK">;

/**
 * A value above `warning` is a WARNING, above `critical` CRITICAL; null where there is no limit.
 *
 * Above, and not from it on: so a plain number reads in every plug-in's `-w` and `-c`, and in the
 * limits of performance data, where a range would be needed to say "from 50 on" and Icinga 2
 * reads none. `0` is "any at all".
 */
export interface Limits {
  readonly warning: number | null;
  readonly critical: number | null;
}

/** The questions of one check. */
export interface HealthRules {
  /** How many endpoints may be in a state. */
  readonly states: Readonly<Partial<Record<TcpState, Limits>>>;
  /** Only endpoints that have been in their state for so long are counted, nanoseconds. */
  readonly forNs: number;
  /** How many endpoints may have sent a FIN again at least twice. */
  readonly finResends: Limits | null;
  /** What share of the ephemeral ports may wait towards one destination, percent. */
  readonly waitingPorts: Limits | null;
  /** The kinds that count, null for a level by severity; null as a whole: see judge. */
  readonly findings: ReadonlyMap<FindingKind, Fault | null> | null;
  /** When findings fire, where not by default; in the unit of each kind. */
  readonly thresholds: Readonly<Partial<Record<FindingKind, number>>>;
  /** Whether a level that was seen stands where data is incomplete; OK never does. */
  readonly despiteLoss: boolean;
}

/** No limits, every finding. */
export const DEFAULT_RULES: HealthRules = {
  states: {},
  forNs: 0,
  finResends: null,
  waitingPorts: null,
  findings: null,
  thresholds: {},
  despiteLoss: false,
};

export const NO_LIMITS: Limits = { warning: null, critical: null };

/** The level of a value. */
export function levelOf(value: number, { warning, critical }: Limits): Level {
  if (critical !== null && value > critical) return "CRITICAL";
  return warning !== null && value > warning ? "WARNING" : "OK";
}

/** The worst of some levels, OK for none. */
export function worst(levels: Iterable<Level>): Level {
  let most = 0;
  for (const level of levels) most = Math.max(most, LEVELS.indexOf(level));
  return LEVELS[most] as Level;
}

/** Findings that fire only after something has lasted for their threshold. */
const LASTING: ReadonlySet<FindingKind> = new Set<FindingKind>([
  "stuck-close-wait",
  "stuck-fin-wait1",
  "stuck-fin-wait2",
  "stuck-last-ack",
  "half-close",
]);

/** How long a look must last at least to see a finding of this kind, seconds. */
export function secondsToShow(
  kind: FindingKind,
  thresholds: HealthRules["thresholds"] = {},
): number {
  if (!LASTING.has(kind)) return 0;
  return thresholds[kind] ?? detectors.find((each) => each.kind === kind)?.threshold ?? 0;
}
