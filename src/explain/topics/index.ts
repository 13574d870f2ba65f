/** Puts the groups of topics into one list, in the order in which they are listed. */
import type { Topic } from "../topic.ts";
import { counters } from "./counters.ts";
import { pressureFindings } from "./findings-pressure.ts";
import { stuckFindings } from "./findings-stuck.ts";
import { roles } from "./roles.ts";
import { activeStates } from "./states-active.ts";
import { openStates } from "./states-open.ts";
import { passiveStates } from "./states-passive.ts";
import { closingSysctls } from "./sysctls-closing.ts";
import { openingSysctls } from "./sysctls-opening.ts";
import { tryingSysctls } from "./sysctls-trying.ts";
import { triggers } from "./triggers.ts";
import { verdicts } from "./verdicts.ts";
import { waves } from "./waves.ts";
import { programWords } from "./words-program.ts";
import { tcpWords } from "./words-tcp.ts";
import { timingWords } from "./words-timing.ts";

/** Everything that can be explained. */
export const topics: readonly Topic[] = [
  ...activeStates,
  ...passiveStates,
  ...openStates,
  ...waves,
  ...roles,
  ...triggers,
  ...verdicts,
  ...stuckFindings,
  ...pressureFindings,
  ...closingSysctls,
  ...tryingSysctls,
  ...openingSysctls,
  ...counters,
  ...programWords,
  ...tcpWords,
  ...timingWords,
];
