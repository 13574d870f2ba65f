/** Tells the running probes how much to hand over, without starting them anew. */

import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Detail, DetailEvent } from "../event/detail.ts";
import type { Nanoseconds, ProbeMark } from "../event/trace-event.ts";
import type { DetailMove } from "./detail-policy.ts";

/** The probes' numbers of the details; `probes/lives.bt` compares them. */
const NUMBER: Readonly<Record<Detail, number>> = { transitions: 1, summary: 2, aggregate: 3 };
/** Every change is told, however many wait: the probes' number for the end of a trace. */
const LETTING_GO = 4;
const WORDS = 2 ** 20;
const MASK_BITS = 2 ** 9;
const DETAIL_BITS = 2 ** 3;
/** Held for the moment between two calls: nobody else may read what is created then. */
const CLOSED = 0o077;

/** The number of a detail, as the probes' parameter and `probes/detail.bt` take it. */
export function detailNumber(detail: Detail): number {
  return NUMBER[detail];
}

/** The detail with that number. */
export function detailOf(number: number): Detail | null {
  if (number === LETTING_GO) return "transitions";
  const found = Object.entries(NUMBER).find(([, each]) => each === number);
  return (found?.[0] as Detail | undefined) ?? null;
}

/**
 * The way to the probes: bpftrace 0.17 lets nobody change a map from outside, but a probe may
 * look at a system call. umask() takes no notice of the bits above 9
 * (`kernel/sys.c:SYSCALL_DEFINE1(umask)`), so a call of it can carry a word and change nothing.
 */
export class DetailSwitch {
  /** Made up anew each time, so that two traces on one host do not move each other. */
  readonly word = randomInt(1, WORDS);
  readonly #umask: (mask: number) => number;
  #asked: Detail | null = null;
  /** The move that the probes have not answered yet. */
  #awaited: DetailMove | null = null;

  constructor(umask: (mask: number) => number = (mask) => process.umask(mask)) {
    this.#umask = umask;
  }

  /**
   * The move that an answer tells of, with why it was asked for; null where tracing ends, and for
   * the second of the two calls.
   */
  answered(detail: Detail, t: Nanoseconds, mark: ProbeMark): DetailEvent | null {
    const awaited = this.#awaited;
    if (awaited?.detail !== detail) return null;
    this.#awaited = null;
    return { type: "detail", t, ...mark, ...awaited };
  }

  /** What was asked for last. */
  get asked(): Detail | null {
    return this.#asked;
  }

  /** Ask for a detail; the probes answer with a row `M`, which makes a move where there is a reason. */
  ask(detail: Detail, why?: Pick<DetailMove, "cause" | "figure">): void {
    this.#asked = detail;
    this.#awaited = why === undefined ? null : { detail, cause: why.cause, figure: why.figure };
    this.#tell(NUMBER[detail]);
  }

  /** Nothing may be held any more, as the trace ends. */
  letGo(): void {
    this.#asked = "transitions";
    this.#awaited = null;
    this.#tell(LETTING_GO);
  }

  /** Ask for what a person has chosen. */
  choose(detail: Detail): void {
    this.ask(detail, { cause: "asked", figure: 0 });
  }

  /** Ask again where no answer has come: it may have been lost, and the screen names another detail. */
  remind(): void {
    if (this.#awaited !== null) this.#tell(NUMBER[this.#awaited.detail]);
  }

  /** Await no answer any more. */
  forget(): void {
    this.#awaited = null;
  }

  #tell(number: number): void {
    const message = (this.word * DETAIL_BITS + number) * MASK_BITS;
    const mask = this.#umask(message + CLOSED);
    this.#umask(message + mask);
  }
}

/** Rows that are left for telling are taken within 10 ms (`probes/lives_out.bt`), some of them in turn. */
const ROWS_MS = 100;

/** Let the kernel tell what it holds: nothing new is held any more, and what is does not last. */
export async function letGo(
  detail: DetailSwitch | null,
  holdNs: number,
  ended: Promise<unknown>,
): Promise<void> {
  if (detail === null) return;
  detail.letGo();
  await Promise.race([ended, sleep(holdNs / 1e6 + ROWS_MS)]);
}
