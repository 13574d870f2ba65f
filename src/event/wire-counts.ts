/** Reads the maps of probes/counts.bt: running totals become what was counted since the last. */

import type { CountedGroup, CountedStay } from "./counts.ts";
import { type TcpState, tcpStateOf } from "./tcp-state.ts";

/** The states before which a life has no other, and the last ones, as the kernel numbers them. */
const SYN_RECV = 3;
const ROLES = new Map([
  [5, "active"],
  [9, "passive"],
  [11, "simultaneous"],
] as const);
const UNIT_NS = 1024;
const STEPS = 8;
/** Groups in one event: a line of a recording has 64 KiB, a group with all its steps some 12. */
const STEPS_A_LINE = 2000;

/** One number of the maps: how many lives of a group, or how many stays of one length in a state. */
interface Total {
  readonly key: string;
  readonly group: string;
  /** Null of the lives themselves. */
  readonly stay: { readonly state: TcpState; readonly atMostNs: number } | null;
  now: number;
  told: number;
}

interface Change {
  count: number;
  readonly stays: Partial<Record<TcpState, CountedStay[]>>;
}

/**
 * What the kernel has counted so far, and how much of it has been told.
 *
 * The totals only rise while one bpftrace runs, so differences are exact, whenever each map is
 * read: what one reading misses of a life the next one has.
 */
export class CountedTotals {
  #totals = new Map<string, Total>();
  /** The same by their keys, which puts the stays of a group behind it. */
  #inOrder: readonly Total[] | null = null;

  /** Take in a map as bpftrace prints it: `{"group": n}` or `{"group,state<<8|step": n}`. */
  take(map: unknown): void {
    if (typeof map !== "object" || map === null) return;
    for (const [key, value] of Object.entries(map)) {
      const now = Number(value);
      if (!Number.isSafeInteger(now)) continue;
      const total = this.#totals.get(key);
      if (total !== undefined) total.now = now;
      else this.#add(key, now);
    }
  }

  /** Keys are read once, for each second prints all that were ever counted. */
  #add(key: string, now: number): void {
    const [group = "", step] = key.split(",");
    const state = step === undefined ? null : tcpStateOf(Number(step) >> 8);
    if (step !== undefined && state === null) return;
    const stay = state === null ? null : { state, atMostNs: upperEdge(Number(step) & 0xff) };
    this.#totals.set(key, { key, group, stay, now, told: 0 });
    this.#inOrder = null;
  }

  /** What has been counted since the last call, in as many lists as events should carry it. */
  news(): CountedGroup[][] {
    const changes = new Map<string, Change>();
    let steps = 0;
    const lists: CountedGroup[][] = [];
    const flush = () => {
      const groups = [...changes].flatMap(([key, change]) => groupOf(key, change) ?? []);
      if (groups.length > 0) lists.push(groups);
      changes.clear();
      steps = 0;
    };
    this.#inOrder ??= [...this.#totals.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    for (const total of this.#inOrder) {
      const count = total.now - total.told;
      if (count <= 0) continue;
      total.told = total.now;
      if (steps++ >= STEPS_A_LINE) flush();
      note(changes, total, count);
    }
    flush();
    return lists;
  }

  /** Another bpftrace counts from 0. */
  restart(): void {
    this.#totals = new Map();
    this.#inOrder = null;
  }
}

function note(changes: Map<string, Change>, { group, stay }: Total, count: number): void {
  let change = changes.get(group);
  if (change === undefined) {
    change = { count: 0, stays: {} };
    changes.set(group, change);
  }
  if (stay === null) {
    change.count += count;
    return;
  }
  const stays = change.stays[stay.state] ?? [];
  change.stays[stay.state] = stays;
  stays.push([stay.atMostNs, count]);
}

/** `netns<<32 | port<<16 | first state<<4 | last state`, which bpftrace prints as a signed number. */
function groupOf(key: string, { count, stays }: Change): CountedGroup | null {
  if (!/^-?\d{1,20}$/.test(key)) return null;
  const group = BigInt.asUintN(64, BigInt(key));
  const role = ROLES.get(Number(group & 15n) as 5 | 9 | 11);
  if (role === undefined) return null;
  return {
    netns: Number(group >> 32n),
    side: Number((group >> 4n) & 15n) === SYN_RECV ? "in" : "out",
    port: Number((group >> 16n) & 0xffffn),
    role,
    verdict: "graceful",
    count,
    stays,
  };
}

/** A step of the kernel's: sixteen of a unit, then eight for each power of two. */
function upperEdge(step: number): number {
  if (step < 2 * STEPS) return (step + 1) * UNIT_NS;
  const shift = Math.floor(step / STEPS) - 1;
  return ((step % STEPS) + STEPS + 1) * 2 ** shift * UNIT_NS;
}
