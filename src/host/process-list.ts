/** Lists the processes of this host. */

import { opendir } from "node:fs/promises";

/** Yield the numbers of all processes that /proc shows, in ascending order. */
export async function* listProcesses(): AsyncGenerator<number, void> {
  for await (const { name } of await opendir("/proc", { bufferSize: 256 })) {
    const first = name.charCodeAt(0);
    if (first >= 0x31 && first <= 0x39) yield Number(name);
  }
}
