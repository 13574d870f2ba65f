/** Tells the owners of connections apart, of whom one may have the number of another that is gone. */

import type { Nanoseconds, ProcessEvent } from "../event/trace-event.ts";
import type { Endpoint } from "./endpoint.ts";

/** Who has a number, or who had it at that time. */
type ProcessOf = (pid: number, at?: Nanoseconds) => Pick<ProcessEvent, "startTicks"> | undefined;

/**
 * What all connections of one owner have in common: its number, or where that is another process's
 * by now, the number and whose it is. The start and not the description is compared: a view that
 * masks names makes a new one each time.
 */
export function ownerKey(process: ProcessOf, pid: number, { ownedAt }: Endpoint): number | string {
  const newest = process(pid)?.startTicks;
  const owner = ownedAt === undefined ? newest : process(pid, ownedAt)?.startTicks;
  return newest === owner ? pid : `${pid} before ${newest}`;
}
