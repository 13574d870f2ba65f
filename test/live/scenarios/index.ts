/** Every live scenario, in the order in which a reader should meet them. */
import type { Scenario } from "../scenario.ts";
import { normal } from "./normal.ts";
import { reset } from "./reset.ts";
import { resetReceived } from "./reset-received.ts";
import { shutdown } from "./shutdown.ts";
import { simultaneous } from "./simultaneous.ts";

/** All scenarios. */
export const scenarios: readonly Scenario[] = [
  ...normal,
  ...shutdown,
  ...simultaneous,
  ...reset,
  ...resetReceived,
];
