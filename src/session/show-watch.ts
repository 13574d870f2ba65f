/** Shows the watch over the host what the probes tell, where it is to look because of it. */

import type { TraceEvent } from "../event/trace-event.ts";
import type { HostWatch } from "./host-watch.ts";

/** Show it one event. */
export function showWatch(watch: HostWatch, event: TraceEvent): void {
  if (event.type === "transition") watch.notice(event.netns);
  else if (event.type === "use") watch.owners.noteUse(event);
  else if (event.type === "gap") watch.noticeLoss(event.cause === "restart");
}
