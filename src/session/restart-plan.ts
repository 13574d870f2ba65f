/** Decides how long to wait before bpftrace is started again, and when to give up. */

/** Waits before each try, milliseconds; with what attaching takes, some 20 s in all. */
const WAITS_MS = [0, 1000, 2000, 4000, 8000] as const;
/** A run of this length has worked: the next death begins a new account. */
const WORKED_MS = 60_000;

/** The tries since bpftrace last worked for a while. */
export class RestartPlan {
  readonly #waitsMs: readonly number[];
  #tries = 0;

  constructor(waitsMs: readonly number[] = WAITS_MS) {
    this.#waitsMs = waitsMs;
  }

  /** Tries so far. */
  get tries(): number {
    return this.#tries;
  }

  /** A run has ended that lasted so long. */
  noteRun(lastedMs: number): void {
    if (lastedMs >= WORKED_MS) this.#tries = 0;
  }

  /** How long to wait before the next try; null when there has been enough of them. */
  next(): number | null {
    return this.#waitsMs[this.#tries++] ?? null;
  }
}
