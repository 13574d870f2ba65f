/** Reads the rows that tell how an application comes by a socket, reads it and lets it go. */

import type { DestroyEvent, OpenEvent, ProbeMark, ReadEvent } from "./trace-event.ts";
import type { Time } from "./wire-change.ts";
import { hex, readMark } from "./wire-fields.ts";

/** Decode a row `A`, of `probes/owners.bt`; null when it is damaged. */
export function readAccept(
  f: readonly string[],
  time: Time,
): readonly [OpenEvent & ProbeMark] | null {
  if (f.length < 9) return null;
  const t = time(f[1] as string);
  if (!Number.isFinite(t)) return null;
  const event: OpenEvent & ProbeMark = {
    type: "open",
    t,
    ...readMark(f),
    how: "accept",
    netns: hex(f[5]),
    sk: f[4] as string,
    pid: Number(f[7]),
    comm: f.slice(8).join(" "),
    fd: hex(f[6]),
  };
  return [event];
}

/** Decode a row `F`, of `probes/reads.bt`; null when it is damaged. */
export function readRead(f: readonly string[], time: Time): readonly [ReadEvent] | null {
  if (f.length < 9) return null;
  const t = time(f[1] as string);
  if (!Number.isFinite(t)) return null;
  const event: ReadEvent = {
    type: "read",
    t,
    ...readMark(f),
    netns: hex(f[5]),
    sk: f[4] as string,
    bytes: hex(f[6]),
    pid: Number(f[7]),
    comm: f.slice(8).join(" "),
  };
  return [event];
}

/** Decode a row `D`, of `probes/tcp_destroy_sock.bt`; null when it is damaged. */
export function readDestroy(f: readonly string[], time: Time): readonly [DestroyEvent] | null {
  if (f.length < 8) return null;
  const t = time(f[1] as string);
  if (!Number.isFinite(t)) return null;
  const event: DestroyEvent = {
    type: "destroy",
    t,
    ...readMark(f),
    netns: hex(f[5]),
    sk: f[4] as string,
    pid: Number(f[6]),
    comm: f.slice(7).join(" "),
  };
  return [event];
}
