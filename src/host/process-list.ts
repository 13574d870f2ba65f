/** Lists the processes of this host. */

import { opendirSync } from "node:fs";

/**
 * Yield the numbers of all processes that /proc shows, in ascending order.
 *
 * It is read at once, 256 at a time: an answer of the thread pool for each of them costs more than
 * all that is then asked of it. Who walks a long list gives way in between, as `TimeSlice` says.
 */
export function* listProcesses(): Generator<number, void> {
  const directory = opendirSync("/proc", { bufferSize: 256 });
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      const first = entry.name.charCodeAt(0);
      if (first >= 0x31 && first <= 0x39) yield Number(entry.name);
    }
  } finally {
    directory.closeSync();
  }
}
