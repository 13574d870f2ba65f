/** How much the probes hand over to user space. */

/**
 * `transitions`: every change of state at once. `summary`: one record for each socket when it ends
 * or lasts. `aggregate`: normal teardowns are counted in the kernel, the others told.
 */
export type Detail = "transitions" | "summary" | "aggregate";

/** What a person may ask for: a detail, or `auto`, which leaves the choice to the program. */
export type WantedDetail = Detail | "auto";
