/** Every live scenario, in the order in which a reader should meet them. */
import type { Scenario } from "../scenario.ts";
import { closeWait } from "./close-wait.ts";
import { dataAfterClose } from "./data-after-close.ts";
import { finStuck } from "./fin-stuck.ts";
import { finWait2 } from "./fin-wait2.ts";
import { identity } from "./identity.ts";
import { loss } from "./loss.ts";
import { lostForGood } from "./lost-for-good.ts";
import { normal } from "./normal.ts";
import { processes } from "./processes.ts";
import { programs } from "./programs.ts";
import { reset } from "./reset.ts";
import { resetReceived } from "./reset-received.ts";
import { shutdown } from "./shutdown.ts";
import { simultaneous } from "./simultaneous.ts";
import { timeWait } from "./time-wait.ts";
import { timeouts } from "./timeouts.ts";

/** All scenarios. */
export const scenarios: readonly Scenario[] = [
  ...normal,
  ...shutdown,
  ...simultaneous,
  ...finWait2,
  ...timeWait,
  ...reset,
  ...dataAfterClose,
  ...resetReceived,
  ...timeouts,
  ...loss,
  ...lostForGood,
  ...finStuck,
  ...closeWait,
  ...processes,
  ...identity,
  ...programs,
];
