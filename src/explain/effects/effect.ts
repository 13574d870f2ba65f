/** The shape of a sysctl's effect, and the ways to build one. */
import { wholeNumbers } from "../sysctl-value.ts";
import type { SysctlValues } from "../topic.ts";

/**
 * Says what a value does, given the host's other sysctls.
 *
 * Undefined means that the kernel cannot have printed such a value.
 */
export type Effect = (value: string, others: SysctlValues) => string | undefined;

/** Effects by the short name of the sysctl. */
export type Effects = Readonly<Record<string, Effect>>;

/** The effect of a sysctl that is one whole number. */
export function one(says: (n: number, others: SysctlValues) => string | undefined): Effect {
  return (value, others) => {
    const n = wholeNumbers(value, 1)?.[0];
    return n === undefined ? undefined : says(n, others);
  };
}

/** The effect of a sysctl that chooses between ways, numbered from 0. */
export function choice(...ways: readonly string[]): Effect {
  return one((n) => ways[n]);
}
