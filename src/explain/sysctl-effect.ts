/** Says what a sysctl's value truly does on Linux. */
import { closingEffects } from "./effects/closing.ts";
import type { Effects } from "./effects/effect.ts";
import { openingEffects } from "./effects/opening.ts";
import { tryingEffects } from "./effects/trying.ts";
import { fullSysctlName, shortSysctlName, shownSysctlValue, sysctlValue } from "./sysctl-value.ts";
import type { SysctlValues } from "./topic.ts";

const effects: Effects = { ...closingEffects, ...tryingEffects, ...openingEffects };

/** The full names of all sysctls whose values can be explained; a host should collect these. */
export const sysctlNames: readonly string[] = Object.keys(effects).map(fullSysctlName);

const global = "Not shown here: it is global, and absent in a child network namespace.";

const absences: Readonly<Record<string, string>> = {
  tcp_tw_recycle: "This kernel does not have it: it was removed in Linux 4.12. Nothing is missing.",
  tcp_tw_reuse_delay: "This kernel does not have it; the age that counts is 1 s.",
  tcp_rto_max_ms: "This kernel does not have it; pauses between re-sends grow up to 120 s.",
  tcp_syn_linear_timeouts:
    "This kernel does not have it; the pause between SYNs doubles from the first on.",
  tcp_max_orphans: global,
  tcp_mem: global,
};

/**
 * Say what `value` does, or what it means that there is none.
 *
 * `others` are the host's other sysctls: several limits depend on each other (`tcp_rto_max_ms`
 * shortens what `tcp_retries2` stands for). Where one is missing, the kernel's default is assumed.
 * Takes the full or the short name. Never throws; a value that the kernel cannot have printed is
 * named as such, made fit to be shown.
 */
export function sysctlEffect(
  name: string,
  value: string | undefined,
  others: SysctlValues = {},
): string {
  const short = shortSysctlName(name);
  const effect = Object.hasOwn(effects, short) ? effects[short] : undefined;
  if (effect === undefined) return "This program knows nothing of that sysctl.";
  if (value === undefined) {
    return absences[short] ?? "This kernel does not have it, or it could not be read.";
  }
  return (
    effect(value, others) ?? `"${shownSysctlValue(value)}" is no value that the kernel prints here.`
  );
}

/** One line for a list: name, value and effect, or name and what its absence means. */
export function sysctlSentence(name: string, sysctls: SysctlValues): string {
  const value = sysctlValue(sysctls, name);
  const effect = sysctlEffect(name, value, sysctls);
  const short = shortSysctlName(name);
  return value === undefined
    ? `${short}: ${effect}`
    : `${short} is ${shownSysctlValue(value)}. ${effect}`;
}
