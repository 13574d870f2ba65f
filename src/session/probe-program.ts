/** Joins the chosen probe fragments to the one static program that bpftrace runs. */

import { readFile } from "node:fs/promises";
import type { ProbeChoice } from "./probe-choice.ts";

const PROBES = new URL("../../probes/", import.meta.url);

/** Read and join the fragments. No user text enters: filters are positional parameters. */
export async function readProgram(choice: Pick<ProbeChoice, "fragments">): Promise<string> {
  const parts = await Promise.all(
    choice.fragments.map((name) => readFile(new URL(name, PROBES), "utf8")),
  );
  return parts.join("\n");
}

/** Names for the header: the fragment without its ending; one that works on kept lives tells the same. */
export function probeNames(choice: ProbeChoice): string[] {
  return choice.fragments.map((name) => name.replace(/(\.lives)?\.bt$/, ""));
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

/** Entries of a map, for all CPUs together and for the ring of one. */
export const MAP_ENTRIES = 65_536;
const MAX_RING = 32_768;
/** The rows that wait for telling stay in the caches where they use few places again and again. */
const MAX_ROWS = 8192;

/** What the fragments that keep lives need besides. */
export interface LifeSettings {
  /** Number of the detail to begin with, see `detailNumber`. */
  readonly detail: number;
  /** The word that `probes/detail.bt` listens for. */
  readonly word: number;
  readonly possibleCpus: number;
  /** Whether the letting go of sockets is told, for which lives.bt takes notes. */
  readonly seesDestroy: boolean;
  /** Whether first uses are told, for which who accepted and connected is noted. */
  readonly seesUse: boolean;
  /** One in so many of the teardowns that `probes/counts.bt` counts is told; 0 where it counts none. */
  readonly sampled: number;
}

/**
 * The parameters `$6`-`$12`: detail, places of a CPU's rings, the switch's word, notes for destroy
 * and for uses, sample, places for its rows.
 */
export function lifeParameters(settings: LifeSettings): number[] {
  const { detail, word, possibleCpus, seesDestroy, seesUse, sampled } = settings;
  let ring = MAX_RING;
  while (ring > 1 && ring * possibleCpus > MAP_ENTRIES) ring /= 2;
  const rows = Math.min(ring, MAX_ROWS);
  return [detail, ring, word, seesDestroy ? 1 : 0, seesUse ? 1 : 0, sampled, rows];
}
