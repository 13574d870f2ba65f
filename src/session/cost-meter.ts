/** Measures what the tracer itself takes from the host, over the last seconds. */

import { type ProcessUsage, readUsage } from "../host/process-usage.ts";

/** Share of one core, 1 being a whole one, and resident bytes. */
export interface ProcessCost {
  readonly cpu: number;
  readonly memoryBytes: number;
}

/** What this program takes, and bpftrace; null for one that does not run. */
export interface MeasuredCost extends ProcessCost {
  readonly probe: ProcessCost | null;
}

interface Sample {
  readonly atMs: number;
  readonly own: ProcessUsage;
  readonly probePid: number | null;
  readonly probe: ProcessUsage | null;
}

/** The kernel counts CPU time in ticks of 10 ms: over less than this a share would jump. */
const WINDOW_MS = 4000;
/** Between two looks. */
const PERIOD_MS = 1000;

/** What the meter reads; a test gives its own. */
export interface MeterInput {
  nowMs(): number;
  usage(pid: number): ProcessUsage | null;
}

const THIS_HOST: MeterInput = { nowMs: () => performance.now(), usage: readUsage };

/**
 * The meter looks when it is asked, at most once a second, so that nobody pays for it where no
 * screen is drawn.
 */
export class CostMeter {
  readonly #input: MeterInput;
  #samples: Sample[] = [];

  constructor(input: MeterInput = THIS_HOST) {
    this.#input = input;
  }

  /**
   * The cost over the last four seconds.
   *
   * @param probePid bpftrace; null while none runs
   * @returns null until there are two looks to compare
   */
  cost(probePid: number | null): MeasuredCost | null {
    this.#look(probePid);
    const newest = this.#samples.at(-1);
    const oldest = this.#samples[0];
    if (newest === undefined || oldest === undefined || newest === oldest) return null;
    const ms = newest.atMs - oldest.atMs;
    // Another bpftrace, started in the place of one that died, has counters of its own.
    const same = this.#samples.find((each) => each.probePid === newest.probePid);
    return { ...costOf(oldest.own, newest.own, ms), probe: probeCost(same, newest) };
  }

  #look(probePid: number | null): void {
    const atMs = this.#input.nowMs();
    const newest = this.#samples.at(-1);
    if (newest !== undefined && atMs - newest.atMs < PERIOD_MS) return;
    const own = this.#input.usage(process.pid);
    if (own === null) return;
    const probe = probePid === null ? null : this.#input.usage(probePid);
    this.#samples = this.#samples.filter((each) => atMs - each.atMs <= WINDOW_MS);
    this.#samples.push({ atMs, own, probePid, probe });
  }
}

function probeCost(before: Sample | undefined, now: Sample): ProcessCost | null {
  if (before === undefined || before === now) return null;
  if (before.probe === null || now.probe === null) return null;
  return costOf(before.probe, now.probe, now.atMs - before.atMs);
}

function costOf(before: ProcessUsage, now: ProcessUsage, ms: number): ProcessCost {
  return { cpu: (now.cpuMs - before.cpuMs) / ms, memoryBytes: now.memoryBytes };
}
