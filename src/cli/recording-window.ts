/** The part of a recording that `--from`, `--to` and `--at` name. */

import type { RecordingHeader } from "../event/recording.ts";
import { parseDuration, parseTime } from "../event/time.ts";
import type { Zone } from "../event/zone.ts";
import { OperatorError } from "../session/operator-error.ts";
import { endOf, type RecordingPath } from "../session/read-trace.ts";

/** Nanoseconds since the start; absent ends are open. */
export interface Window {
  readonly from?: number;
  readonly to?: number;
}

/** What `--help` says of the file that appears beside a recording. */
export const INDEX_NOTE = `
A moment of a file of 16 MB or more is found by its index, FILE.index, which is
made the first time and may be removed at any time. Where none can be kept the
file is read through; the answer is the same.
`;

/** What TIMEs are read against. */
export interface Extent {
  readonly header: RecordingHeader;
  readonly endNs: number;
}

/**
 * Read TIMEs against a recording; it is read once for its end, and only when a TIME is given and
 * its end is not known yet.
 *
 * `-1h` from the end of a shorter recording is its start where something begins there, and outside
 * of it else: nobody may take for the host at rest what was never recorded.
 *
 * @throws OperatorError 2 for a text that is no TIME or lies outside the recording, and for a `to`
 * before `from`
 */
export async function readTimes(
  path: RecordingPath,
  texts: Readonly<Record<string, string | undefined>>,
  zone?: Zone,
  known: Extent | null = null,
): Promise<Record<string, number>> {
  const given = Object.entries(texts).filter(([, text]) => text !== undefined);
  if (given.length === 0) return {};
  if ([path].flat().includes("-")) {
    throw new OperatorError(2, "a TIME needs a file: stdin cannot be read twice; save it first");
  }
  const { header, endNs } = known ?? (await endOf(path));
  const times: Record<string, number> = {};
  for (const [name, text = ""] of given) {
    const t = parseTime(text, {
      startedAt: header.startedAt,
      endNs,
      ...(zone && { zone }),
    });
    if (typeof t === "string") throw new OperatorError(2, `--${name} ${text}: ${t}`);
    const isTooEarly = name !== "from" && reachesBack(text, endNs);
    if (t < 0 || t > endNs || isTooEarly) {
      throw new OperatorError(
        2,
        `--${name} ${text} is outside the recording, which is ${(endNs / 1e9).toFixed(1)} s long; try -10s or +1s`,
      );
    }
    times[name] = t;
  }
  const { from, to } = times;
  if (from !== undefined && to !== undefined && from > to) {
    throw new OperatorError(2, "--from is after --to; exchange them");
  }
  return times;
}

/** Whether a TIME counted back from the end lies before the start. */
function reachesBack(text: string, endNs: number): boolean {
  const ms = text.startsWith("-") ? parseDuration(text.slice(1)) : 0;
  return typeof ms === "number" && ms * 1e6 > endNs;
}
