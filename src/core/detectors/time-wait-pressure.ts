/** Mini-sockets take up the local ports towards a destination, or the namespace's table of them. */

import type { Detector } from "./detector.ts";
import { fullBuckets } from "./full-buckets.ts";
import { waitingPorts } from "./waiting-ports.ts";

/**
 * Fires once per destination whose local ports wait, and once per namespace whose table of
 * mini-sockets fills up, named by who closes most of them.
 *
 * TIME_WAIT and mini-sockets in FIN_WAIT2 count alike: both block their port and both stand in
 * the table (`net/ipv4/inet_timewait_sock.c:inet_twsk_alloc`).
 */
export const timeWaitPressure: Detector = {
  kind: "time-wait-pressure",
  about: "TIME_WAIT near the number of local ports, or near tcp_max_tw_buckets",
  threshold: 60,
  unit: "percent",
  find(core, now, threshold) {
    return [...waitingPorts(core, now, threshold), ...fullBuckets(core, now, threshold)];
  },
};
