/** All detectors, in the order in which they are asked. */

import { descriptorExhaustion } from "./descriptor-exhaustion.ts";
import type { Detector } from "./detector.ts";
import { halfClose } from "./half-close.ts";
import { incompleteTrace } from "./incomplete-trace.ts";
import { orphanPressure } from "./orphan-pressure.ts";
import { portExhaustion } from "./port-exhaustion.ts";
import { repeatedFin } from "./repeated-fin.ts";
import { resetTeardown } from "./reset-teardown.ts";
import { stuckCloseWait } from "./stuck-close-wait.ts";
import { stuckFinWait1, stuckLastAck } from "./stuck-fin.ts";
import { stuckFinWait2 } from "./stuck-fin-wait2.ts";
import { timeWaitPressure } from "./time-wait-pressure.ts";

export const detectors: readonly Detector[] = [
  stuckCloseWait,
  descriptorExhaustion,
  repeatedFin,
  stuckFinWait1,
  stuckFinWait2,
  stuckLastAck,
  halfClose,
  timeWaitPressure,
  portExhaustion,
  resetTeardown,
  orphanPressure,
  incompleteTrace,
];
