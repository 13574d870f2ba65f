/** Reads the row that tells of a newcomer to a connection (`probes/reads.bt`, U). */

import type { UseEvent } from "./trace-event.ts";
import { hex, readMark } from "./wire-fields.ts";

/** Decode it; null when the row is damaged. */
export function readUse(
  f: readonly string[],
  time: (hex: string) => number,
): readonly [UseEvent] | null {
  if (f.length < 10) return null;
  const t = time(f[1] as string);
  if (!Number.isFinite(t) || (f[7] !== "0" && f[7] !== "1")) return null;
  return [
    {
      type: "use",
      t,
      ...readMark(f),
      netns: hex(f[5]),
      sk: f[4] as string,
      inode: hex(f[6]),
      isWrite: f[7] === "1",
      pid: Number(f[8]),
      comm: f.slice(9).join(" "),
    },
  ];
}
