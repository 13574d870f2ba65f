/** Turns what bpftrace says into events, and keeps the account of it. */

import type { BpftraceMessage } from "../bpftrace-runner/index.ts";
import type { CountsEvent } from "../event/counts.ts";
import type { Detail } from "../event/detail.ts";
import type { Nanoseconds, ProbeMark, TraceEvent } from "../event/trace-event.ts";
import type { WireDecoder } from "../event/wire.ts";
import { CountedTotals } from "../event/wire-counts.ts";
import { readMark } from "../event/wire-fields.ts";
import { detailOf } from "./detail-switch.ts";
import type { LedgerAccount, LeftBehind } from "./ledger-account.ts";

/** A heartbeat of the probes, with the kernel's own totals. */
export interface Beat {
  /** Boot clock, nanoseconds. */
  readonly bootNs: bigint;
  readonly counted: number;
  /** The kernel's last sequence number of each CPU. */
  readonly seqs: ReadonlyMap<number, number>;
}

/** Told that the probes now hand over so much, with the answer's own place in the account. */
export type DetailListener = (detail: Detail, t: Nanoseconds, mark: ProbeMark) => void;

/** Boot-clock nanoseconds of a `ready` or an `H` row. */
export function bootNsOf(row: string): bigint | null {
  const digits = /^\S+ (\d+)/.exec(row)?.[1];
  return digits === undefined ? null : BigInt(digits);
}

const NOTHING: LeftBehind = { rows: 0, lives: 0 };

/** Reads messages in their order; a heartbeat is complete when its two maps have come. */
export class ProbeRows {
  readonly #decoder: WireDecoder;
  readonly #account: LedgerAccount;
  readonly #onBeat: (beat: Beat) => void;
  #pendingNs: bigint | null = null;
  /** Whether the next figures are a heartbeat's. */
  #isBeat = false;
  /** As bpftrace printed when it ended. */
  #left: LeftBehind = NOTHING;
  /** When the kernel began to print what it has counted; null until it does. */
  #countsAt: Nanoseconds | null = null;
  readonly #counted = new CountedTotals();
  /** The kernel's last sequence number of each CPU, as of the newest map. */
  lastSeqs: ReadonlyMap<number, number> = new Map();
  /** Whether the newest figures are no heartbeat's, but those that bpftrace prints as it ends. */
  areFinal = false;

  readonly #onDetail: DetailListener;

  constructor(
    decoder: WireDecoder,
    account: LedgerAccount,
    onBeat: (beat: Beat) => void,
    onDetail: DetailListener = () => {},
  ) {
    this.#decoder = decoder;
    this.#account = account;
    this.#onBeat = onBeat;
    this.#onDetail = onDetail;
  }

  /** Another bpftrace speaks from now on, whose counters begin at 0. */
  beginRun(): void {
    this.#pendingNs = null;
    this.lastSeqs = new Map();
    this.#isBeat = false;
    this.areFinal = false;
    this.#left = NOTHING;
    this.#countsAt = null;
    this.#counted.restart();
  }

  /** What nobody has handed over or counted, and nobody will. */
  get leftBehind(): LeftBehind {
    return this.#left;
  }

  /** What the kernel has counted and no event has told yet. */
  countsAt(t: Nanoseconds): CountsEvent[] {
    return this.#counted.news().map((groups) => ({ type: "counts", t, groups }));
  }

  /** Take one message; its events, and the gaps that it shows, go to `out`. */
  take(message: BpftraceMessage, out: (event: TraceEvent) => void): void {
    if (message.type === "printf") this.#row(message.data, out);
    else if (message.type === "map") this.#map(message.data, out);
  }

  #row(row: string, out: (event: TraceEvent) => void): void {
    if (row.startsWith("H ")) {
      this.#pendingNs = bootNsOf(row);
      this.#isBeat = true;
      return;
    }
    if (row.startsWith("C ")) {
      const t = this.#decoder.time(row.slice(2).trimEnd());
      this.#countsAt = Number.isSafeInteger(t) ? t : null;
      return;
    }
    if (row.startsWith("M ")) {
      this.#takeDetail(row, out);
      return;
    }
    if (row.startsWith("V ")) {
      this.#takeAddresses(row, out);
      return;
    }
    const events = this.#decoder.decode(row);
    const first = events?.[0];
    if (events == null || first === undefined || !("seq" in first)) {
      this.#account.refuse();
      return;
    }
    if (this.#account.isOver(first)) return;
    // The record is as new as the newest that it tells of.
    const gap = this.#account.receive(first, (events.at(-1) ?? first).t);
    if (gap !== null) out(gap);
    for (const event of events) out(event);
  }

  /** The addresses of the next life are a record of their own. */
  #takeAddresses(row: string, out: (event: TraceEvent) => void): void {
    const mark = this.#decoder.noteAddresses(row);
    if (mark === null) {
      this.#account.refuse();
      return;
    }
    if (this.#account.isOver(mark)) return;
    const gap = this.#account.receive(mark, this.#decoder.time(row.split(" ", 2)[1] as string));
    if (gap !== null) out(gap);
  }

  /** `probes/detail.bt` answers; the answer is a record like the others. */
  #takeDetail(row: string, out: (event: TraceEvent) => void): void {
    const f = row.trimEnd().split(" ");
    const detail = detailOf(Number.parseInt(f[4] ?? "", 16));
    const mark = readMark(f);
    const t = this.#decoder.time(f[1] ?? "");
    if (f.length !== 5 || detail === null || !Number.isSafeInteger(mark.seq + mark.cpu + t)) {
      this.#account.refuse();
      return;
    }
    if (this.#account.isOver(mark)) return;
    const gap = this.#account.receive(mark, t);
    if (gap !== null) out(gap);
    this.#onDetail(detail, t, mark);
  }

  #leave(part: Partial<LeftBehind>): void {
    this.#left = { ...this.#left, ...part };
  }

  #map(data: Readonly<Record<string, unknown>>, out: (event: TraceEvent) => void): void {
    if (Object.hasOwn(data, "@ring")) this.#leave({ rows: waitingIn(data["@ring"]) });
    if (Object.hasOwn(data, "@life"))
      this.#leave({ lives: Object.keys(data["@life"] ?? {}).length });
    if (Object.hasOwn(data, "@tallied")) this.#counted.take(data["@tallied"]);
    if (Object.hasOwn(data, "@spent")) {
      this.#counted.take(data["@spent"]);
      if (this.#countsAt !== null) for (const event of this.countsAt(this.#countsAt)) out(event);
      this.#countsAt = null;
    }
    if (Object.hasOwn(data, "@counted")) {
      this.#account.count(Number(data["@counted"]));
      this.areFinal = !this.#isBeat;
      this.#isBeat = false;
    }
    if (!Object.hasOwn(data, "@seq")) return;
    const seqs = data["@seq"];
    if (typeof seqs !== "object" || seqs === null) return;
    this.lastSeqs = new Map(
      Object.entries(seqs).map(([cpu, seq]): [number, number] => [Number(cpu), Number(seq)]),
    );
    if (this.#pendingNs === null) return;
    const bootNs = this.#pendingNs;
    this.#pendingNs = null;
    this.#onBeat({ bootNs, counted: this.#account.countedNow, seqs: this.lastSeqs });
  }
}

/** What waits in the rings `@ended` and `@plain` of all CPUs: `@ring` in probes/detail.bt. */
function waitingIn(map: unknown): number {
  if (typeof map !== "object" || map === null) return 0;
  return Object.values(map).reduce((sum: number, rings) => {
    if (!Array.isArray(rings)) return sum;
    return sum + waitingOf(rings[1]) + waitingOf(rings[2]);
  }, 0);
}

/** How many a ring holds: in the upper 32 bits how often it was filled, in the lower emptied. */
function waitingOf(ring: unknown): number {
  const digits = String(ring);
  if (!/^-?\d+$/.test(digits)) return 0;
  const counts = BigInt(digits);
  return Number(BigInt.asUintN(32, (counts >> 32n) - counts));
}
