/** The options of `check`: limits and findings, read once and checked at the door. */

import { InvalidArgumentError, Option } from "commander";
import { FINDING_KINDS, type FindingKind } from "../core/finding.ts";
import { type Fault, type HealthRules, type Limits, secondsToShow } from "../core/health-rules.ts";
import { parseSpan, parseStates, type Thresholds } from "./shared-options.ts";

/** Limits by state, collected. */
export type StateLimits = HealthRules["states"];
/** `--finding`, collected. */
export type CountedFindings = ReadonlyMap<FindingKind, Fault | null>;

/** What `check` is asked, beside where to look. */
export interface RuleOptions {
  readonly closeWait?: Limits;
  readonly state?: StateLimits;
  /** Milliseconds. */
  readonly for?: number;
  readonly finRetransmits?: Limits;
  readonly timeWaitPorts?: Limits;
  readonly finding?: CountedFindings;
  readonly threshold?: Thresholds;
  readonly despiteLoss?: boolean;
}

const COUNT = /^\d{1,9}$/;
const PERCENT = /^(\d{1,3}(?:\.\d{1,6})?)%?$/;

/** `50:200`, `50`, `:200` as counts. */
export function parseLimits(text: string): Limits {
  return limitsOf(text, "counts WARNING:CRITICAL, such as 50:200", (part) =>
    COUNT.test(part) ? Number(part) : Number.NaN,
  );
}

/** `70%:90%` as shares; the signs may be left out. */
export function parseShares(text: string): Limits {
  return limitsOf(text, "shares WARNING:CRITICAL, such as 70%:90%", (part) => {
    const share = Number(PERCENT.exec(part)?.[1]);
    return share <= 100 ? share : Number.NaN;
  });
}

function limitsOf(text: string, form: string, read: (part: string) => number): Limits {
  const parts = text.split(":");
  const [warning, critical] = [parts[0] ?? "", parts[1] ?? ""].map((part) =>
    part === "" ? null : read(part),
  ) as [number | null, number | null];
  const isNothing = warning === null && critical === null;
  if (parts.length > 2 || isNothing || Number.isNaN(warning) || Number.isNaN(critical)) {
    throw new InvalidArgumentError(`Write ${form}, not ${JSON.stringify(text)}.`);
  }
  if (warning !== null && critical !== null && warning > critical) {
    throw new InvalidArgumentError("WARNING must not be above CRITICAL.");
  }
  return { warning, critical };
}

function parseStateLimits(text: string, before: StateLimits = {}): StateLimits {
  const [names = "", limits = "", ...rest] = text.split("=");
  if (rest.length > 0 || limits === "") {
    throw new InvalidArgumentError("Write NAME=WARNING:CRITICAL, such as LAST_ACK=10:100.");
  }
  const parsed = parseLimits(limits);
  const states = parseStates(names);
  if (states.includes("LISTEN")) {
    throw new InvalidArgumentError("Listening sockets are no endpoints and are not counted.");
  }
  return { ...before, ...Object.fromEntries(states.map((state) => [state, parsed])) };
}

function parseFinding(text: string, before: CountedFindings = new Map()): CountedFindings {
  const found = new Map(before);
  if (text === "none") return found;
  for (const part of text.split(",")) {
    const [name = "", level, ...rest] = part.split("=");
    const kind = FINDING_KINDS.find((each) => each === name);
    if (kind === undefined || rest.length > 0) {
      throw new InvalidArgumentError(`Kinds are ${FINDING_KINDS.join(", ")}, or none.`);
    }
    if (kind === "incomplete-trace") {
      throw new InvalidArgumentError("Incomplete data is always UNKNOWN and has no other level.");
    }
    found.set(kind, parseLevel(level));
  }
  return found;
}

function parseLevel(text: string | undefined): Fault | null {
  if (text === undefined) return null;
  const level = (["WARNING", "CRITICAL"] as const).find((each) => each === text.toUpperCase());
  if (level === undefined) throw new InvalidArgumentError("A level is warning or critical.");
  return level;
}

/** In the order of `--help`. */
export const RULE_OPTIONS: readonly Option[] = [
  new Option(
    "--close-wait <w:c>",
    "endpoints in CLOSE_WAIT: WARNING above w, CRITICAL above c",
  ).argParser(parseLimits),
  new Option("--state <name=w:c>", "the same for any state; may be given several times").argParser(
    parseStateLimits,
  ),
  new Option("--for <time>", "count only what has been in its state for so long: 30s").argParser(
    parseSpan,
  ),
  new Option("--fin-retransmits <w:c>", "endpoints that sent a FIN again at least twice").argParser(
    parseLimits,
  ),
  new Option(
    "--time-wait-ports <w%:c%>",
    "share of the local ports that wait towards one destination",
  ).argParser(parseShares),
  new Option(
    "--finding <kind[=level]>",
    "count only this finding, as warning or critical; or none",
  ).argParser(parseFinding),
  new Option("--despite-loss", "let WARNING and CRITICAL stand where data is incomplete"),
];

/** What the options ask of a trace. */
export function rulesOf(options: RuleOptions): HealthRules {
  const { closeWait, state, finRetransmits, timeWaitPorts, finding, threshold } = options;
  return {
    states: { ...state, ...(closeWait === undefined ? {} : { CLOSE_WAIT: closeWait }) },
    forNs: (options.for ?? 0) * 1e6,
    finResends: finRetransmits ?? null,
    waitingPorts: timeWaitPorts ?? null,
    findings: finding ?? null,
    thresholds: threshold ?? {},
    despiteLoss: options.despiteLoss === true,
  };
}

const LOOK_MS = 15_000;
const MARGIN_MS = 5000;

/**
 * How long to look, unless told: long enough for what is asked to show, 15 s at least.
 *
 * The age of what is older than the look is not known to the kernel's socket table.
 */
export function lookMs({ forNs, findings, thresholds }: HealthRules): number {
  const asked = [...(findings?.keys() ?? []), ...(Object.keys(thresholds) as FindingKind[])];
  const seconds = asked.map((kind) => secondsToShow(kind, thresholds));
  const longest = Math.max(forNs / 1e6, ...seconds.map((each) => each * 1000));
  return Math.max(LOOK_MS, longest === 0 ? 0 : longest + MARGIN_MS);
}
