/** The shared options as the filter that the dashboard begins with, which `/` then changes. */

import type { FilterOptions } from "./shared-options.ts";

/** What of the shared options a dashboard narrows its lists to. */
export type StartFilter = FilterOptions;

/**
 * The options as they would be typed after `/`; null where none is given.
 *
 * A name is matched as it is typed there: in part, whatever the case, and without quotes.
 */
export function startFilter({ port, cidr, pid, comm, netns, state }: StartFilter): string | null {
  const terms = [
    port && `port:${port.join(",")}`,
    cidr && `cidr:${cidr.map(({ text }) => text).join(",")}`,
    pid !== undefined && `pid:${pid}`,
    comm && `comm:"${comm.replaceAll('"', "")}"`,
    typeof netns === "number" && `netns:${netns}`,
    state && `state:${state.join(",")}`,
  ].filter((term) => typeof term === "string");
  return terms.length === 0 ? null : terms.join(" ");
}
