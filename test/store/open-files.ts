/** Which files this process has open. */
import { readdirSync, readlinkSync } from "node:fs";

/** How many descriptors lead to a path. */
export function openOn(path: string): number {
  return readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      return false;
    }
  }).length;
}
