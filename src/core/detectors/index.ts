/** All detectors, in the order in which they are asked. */

import type { Detector } from "./detector.ts";
import { incompleteTrace } from "./incomplete-trace.ts";
import { repeatedFin } from "./repeated-fin.ts";
import { stuckCloseWait } from "./stuck-close-wait.ts";
import { stuckFinWait1, stuckFinWait2, stuckLastAck } from "./stuck-state.ts";

export const detectors: readonly Detector[] = [
  stuckCloseWait,
  repeatedFin,
  stuckFinWait1,
  stuckFinWait2,
  stuckLastAck,
  incompleteTrace,
];
