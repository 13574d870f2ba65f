/** Joins the chosen probe fragments to the one static program that bpftrace runs. */

import { readFile } from "node:fs/promises";
import type { ProbeChoice } from "./probe-choice.ts";

const PROBES = new URL("../../probes/", import.meta.url);

/** Read and join the fragments. No user text enters: filters are positional parameters. */
export async function readProgram(choice: ProbeChoice): Promise<string> {
  const parts = await Promise.all(
    choice.fragments.map((name) => readFile(new URL(name, PROBES), "utf8")),
  );
  return parts.join("\n");
}

/** Names for the header: the fragment without its ending. */
export function probeNames(choice: ProbeChoice): string[] {
  return choice.fragments.map((name) => name.replace(/\.bt$/, ""));
}

/** Most ports that the kernel-side filter takes. */
export const MAX_PORTS = 4;

/**
 * The parameters `$1`-`$5` of every fragment: namespace inode and up to four ports, 0 for all.
 */
export function programParameters(netns: number | null, ports: readonly number[]): number[] {
  const four = ports.length > MAX_PORTS ? [] : ports;
  return [netns ?? 0, ...four, ...new Array<number>(MAX_PORTS - four.length).fill(four[0] ?? 0)];
}
