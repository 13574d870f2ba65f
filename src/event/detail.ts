/** How much the probes hand over to user space. */

import type { Nanoseconds, ProbeMark } from "./trace-event.ts";

/**
 * `transitions`: every change of state at once. `summary`: one record for each socket when it ends
 * or lasts. `aggregate`: normal teardowns are counted in the kernel, the others told.
 */
export type Detail = "transitions" | "summary" | "aggregate";

/** What a person may ask for: a detail, or `auto`, which moves between them by the load. */
export type WantedDetail = Detail | "auto";

/** What called for another detail: state changes or losses in a second, a share of a CPU, calm. */
export type DetailCause = "changes" | "lost" | "cpu" | "calm" | "asked";

/** From now on the probes hand over so much: `probes/detail.bt` says so, and the program why. */
export interface DetailEvent extends ProbeMark {
  readonly type: "detail";
  readonly t: Nanoseconds;
  readonly detail: Detail;
  readonly cause: DetailCause;
  /** How much of the cause there was: changes or records a second, percent of a CPU, seconds. */
  readonly figure: number;
}

const WORDS: Readonly<Record<DetailCause, string>> = {
  changes: " changes in a second",
  lost: " records lost in a second",
  cpu: "% of a CPU for bpftrace",
  calm: " calm seconds",
  asked: "",
};

/** Why, in words; empty where nothing but a person or the end asked for it. */
export function detailReason({ cause, figure }: Pick<DetailEvent, "cause" | "figure">): string {
  return cause === "asked" ? "" : `${figure}${WORDS[cause]}`;
}
