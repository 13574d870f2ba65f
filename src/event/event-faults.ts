/** Checks of whole events, as a file brings them: null when every field is right. */

import { countsFault } from "./counts-fault.ts";
import type { Fault, Fields } from "./field-faults.ts";
import {
  gapFault,
  heartbeatFault,
  hostFault,
  ownerFault,
  processFault,
  snapshotEndFault,
  snapshotFault,
  threadsFault,
} from "./host-event-faults.ts";
import {
  destroyFault,
  detailFault,
  miniFault,
  miniSegmentFault,
  openFault,
  readFault,
  resetFault,
  retransmitFault,
  transitionFault,
  useFault,
} from "./probe-event-faults.ts";

/**
 * Find what is wrong with an event, or undefined when its type is not known.
 *
 * The checks are written out by hand because every line of a recording passes them: the engine
 * makes a load by name about ten times cheaper than a load by key, and nothing is copied.
 * A 32-bit difference of sequence numbers may be negative; an instant may lie before `startedAt`.
 */
export function eventFault(event: Fields): Fault | undefined {
  switch (event.type) {
    case "transition":
      return transitionFault(event);
    case "retransmit":
      return retransmitFault(event);
    case "reset":
      return resetFault(event);
    case "open":
      return openFault(event);
    case "read":
      return readFault(event);
    case "use":
      return useFault(event);
    case "destroy":
      return destroyFault(event);
    case "mini-segment":
      return miniSegmentFault(event);
    case "mini-end":
      return miniFault(event);
    case "snapshot":
      return snapshotFault(event);
    case "snapshot-end":
      return snapshotEndFault(event);
    case "owner":
      return ownerFault(event);
    case "process":
      return processFault(event);
    case "threads":
      return threadsFault(event);
    case "host":
      return hostFault(event);
    case "heartbeat":
      return heartbeatFault(event);
    case "detail":
      return detailFault(event);
    case "counts":
      return countsFault(event);
    case "gap":
      return gapFault(event);
    default:
      return undefined;
  }
}
