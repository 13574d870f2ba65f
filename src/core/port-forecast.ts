/** When the local ports towards a destination run out. */

import type { Nanoseconds } from "../event/trace-event.ts";
import type { Endpoint } from "./endpoint.ts";

const TIME_WAIT_SECONDS = 60;

/**
 * In how many seconds all `ports` are held, or null when not within `horizon` seconds.
 *
 * Growth goes on as it is, and each mini-socket frees its port when its timer ends. Without the
 * second part every client that opens a few connections a second would seem to run out: its
 * ports only rise until the first TIME_WAITs end, 60 s later. What comes while the forecast runs
 * frees its port after 60 s as well, in the share that mini-sockets have now.
 *
 * @param growth ports taken a second, those left out that mini-sockets give back in time
 */
export function secondsUntilFull(
  holders: readonly Endpoint[],
  growth: number,
  ports: number,
  now: Nanoseconds,
  horizon: number,
): number | null {
  if (growth <= 0) return null;
  const freed = new Float64Array(horizon);
  let minis = 0;
  for (const { isMini, expiresAt } of holders) {
    if (!isMini || expiresAt === null) continue;
    minis++;
    const second = Math.max(0, Math.floor((expiresAt - now) / 1e9));
    if (second < horizon) freed[second] = (freed[second] as number) + 1;
  }
  const later = holders.length === 0 ? 0 : (growth * minis) / holders.length;
  let held = holders.length;
  for (let second = 1; second <= horizon; second++) {
    held += growth - (freed[second - 1] as number);
    if (second > TIME_WAIT_SECONDS) held -= later;
    if (held >= ports) return second;
  }
  return null;
}
