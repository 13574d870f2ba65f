/** A live trace: starts the probes, orders their events, folds them, and hands them on. */

import {
  BpftraceError,
  type BpftraceRun,
  bpftraceVersion,
  findBpftrace,
  startBpftrace,
} from "../bpftrace-runner/index.ts";
import { Trace } from "../core/fold.ts";
import type { TraceOptions } from "../core/trace.ts";
import { OrderWindow } from "../event/order.ts";
import {
  RECORDING_SCHEMA,
  type RecordingFooter,
  type RecordingHeader,
} from "../event/recording.ts";
import type { GapEvent, TraceEvent } from "../event/trace-event.ts";
import { WireDecoder } from "../event/wire.ts";
import { RecordingClock } from "../host/clock.ts";
import { readKernelFacts } from "../host/kernel-facts.ts";
import { HostWatch } from "./host-watch.ts";
import { LedgerAccount } from "./ledger-account.ts";
import { OperatorError } from "./operator-error.ts";
import { chooseProbes } from "./probe-choice.ts";
import { probeNames, programParameters, readProgram } from "./probe-program.ts";
import { type Beat, bootNsOf, ProbeRows } from "./probe-rows.ts";
import { SkippedRuns } from "./skipped-runs.ts";

/** What to trace. */
export interface LiveOptions {
  readonly version: string;
  /** Namespace inode, null for all. */
  readonly netns?: number | null;
  /** At most four are filtered in the kernel. */
  readonly ports?: readonly number[];
  /** Filters as given, for the header. */
  readonly filters?: Readonly<Record<string, unknown>>;
  readonly trace?: Omit<TraceOptions, "sysctls" | "seesMiniEnd">;
  /** Told of trouble that does not end the trace, one line each. */
  readonly onProblem?: (line: string) => void;
}

/** Takes the ordered events, a batch at a time, after they have been folded. */
export type EventListener = (events: readonly TraceEvent[]) => void;

/** Programs of which every run sends a record, by fragment; see SkippedRuns. */
const EVENT_FRAGMENTS = /^(tcp_set_state|tcp_retransmit_skb|tcp_send_reset|tcp_receive_reset)\b/;
/** Fragments with more than one program, none of which sends a record at every run. */
const PROGRAMS_OF: Readonly<Record<string, readonly boolean[]>> = {
  "owners.bt": [false, false],
  "reads.bt": [false, false],
  "tcp_destroy_sock.bt": [false, false],
};
/** Events are handed on this much later than they happened, so that CPUs can be put in order. */
const ADVANCE_MS = 100;
/** The clock of the screen may run ahead of the newest event by this much, nanoseconds. */
const ORDER_NS = 250e6;

/** A running trace. */
export class LiveSession {
  readonly header: RecordingHeader;
  readonly trace: Trace;
  /** What this kernel leaves unseen, a sentence each. */
  readonly unseen: readonly string[];
  /** Settles when tracing has ended: null after stop(), an error when bpftrace died. */
  readonly ended: Promise<OperatorError | null>;
  readonly #run: BpftraceRun;
  readonly #clock: RecordingClock;
  readonly #account = new LedgerAccount();
  readonly #order = new OrderWindow<TraceEvent>(ORDER_NS);
  readonly #rows: ProbeRows;
  readonly #skipped: SkippedRuns;
  readonly #watch: HostWatch;
  readonly #listeners: EventListener[] = [];
  readonly #timer: NodeJS.Timeout;
  #batch: TraceEvent[] = [];
  #lastBeatNs = 0;
  #footer: RecordingFooter | null = null;

  private constructor(parts: SessionParts) {
    const { run, clock, header, options } = parts;
    this.#run = run;
    this.#clock = clock;
    this.header = header;
    this.unseen = parts.unseen;
    this.trace = new Trace({
      ...options.trace,
      sysctls: header.sysctls,
      seesMiniEnd: header.probes.includes("time_wait_end"),
    });
    this.#rows = new ProbeRows(parts.decoder, this.#account, (beat) => this.#onBeat(beat));
    this.#skipped = new SkippedRuns(run.pid, parts.isEventProgram);
    this.#watch = new HostWatch({
      now: () => clock.now(),
      trace: this.trace,
      out: (event) => this.#order.push(event, this.#hold),
      onProblem: options.onProblem ?? (() => {}),
      netns: options.netns ?? null,
    });
    this.#timer = setInterval(() => this.#tick(), ADVANCE_MS);
    run.onMessages((messages) => {
      for (const message of messages) {
        this.#rows.take(message, (event) => this.#order.push(event, this.#hold));
      }
      this.#deliver();
    });
    this.ended = run.ended.then((end) => this.#finish(end.error ?? null));
  }

  /**
   * Start tracing. Resolves when every probe is attached: from then on nothing is missing
   * without a gap.
   *
   * @throws OperatorError 4 when this host or this user cannot trace
   */
  static async start(options: LiveOptions): Promise<LiveSession> {
    const facts = await readKernelFacts();
    if (!facts.isRoot) {
      throw new OperatorError(
        4,
        "tracing needs root: run it again with sudo, or replay a recording",
      );
    }
    if (!facts.isTracefsReadable) {
      throw new OperatorError(
        4,
        "tracefs is not mounted: run `mount -t tracefs tracefs /sys/kernel/tracing`, then try again",
      );
    }
    const choice = chooseProbes(facts);
    if (choice === null) {
      throw new OperatorError(
        4,
        "this kernel has no tracepoint sock:inet_sock_set_state (4.16 and newer have it): see `lastack doctor`",
      );
    }
    const found = findBpftrace();
    if (!found.found) throw new OperatorError(4, found.detail);
    const [program, version, sysctls, clock] = await Promise.all([
      readProgram(choice),
      bpftraceVersion(found.path).then(
        (each) => each.text,
        () => "unknown",
      ),
      HostWatch.ownSysctls(),
      RecordingClock.start(),
    ]);
    const run = await startBpftrace({
      program,
      parameters: programParameters(options.netns ?? null, options.ports ?? []),
      env: bufferSettings(facts.possibleCpus),
    }).catch((error: unknown) => {
      throw error instanceof BpftraceError ? new OperatorError(4, error.message, error) : error;
    });
    const readyNs = bootNsOf(run.ready);
    if (readyNs !== null) clock.observe(readyNs);
    const header: RecordingHeader = {
      type: "header",
      schema: RECORDING_SCHEMA,
      program: "lastack",
      version: options.version,
      startedAt: clock.startedAt,
      bootId: facts.bootId,
      hostname: facts.hostname,
      kernel: facts.release,
      bpftrace: version,
      probes: probeNames(choice),
      detail: "transitions",
      filters: options.filters ?? {},
      sysctls: sysctls.values,
      netns: sysctls.netns,
      origin: "captured",
    };
    const decoder = new WireDecoder({
      originNs: clock.startBootNs,
      resetReasons: facts.resetReasons,
      hz: facts.hz,
    });
    const isEventProgram = choice.fragments.flatMap(
      (name) => PROGRAMS_OF[name] ?? [EVENT_FRAGMENTS.test(name)],
    );
    const { unseen } = choice;
    return new LiveSession({ run, clock, header, decoder, options, unseen, isEventProgram });
  }

  /** Take every event from now on. */
  onEvents(listener: EventListener): void {
    this.#listeners.push(listener);
  }

  /** Read the socket table and the holders as they are now; resolves when all has been folded. */
  async readHost(): Promise<void> {
    await this.#watch.start();
  }

  /** Look at the host now, beside the regular looks; resolves when all of it has been folded. */
  async look(): Promise<void> {
    await this.#watch.look();
    this.#order.flush(this.#hold);
    this.#deliver();
  }

  /** Nanoseconds since the recording's start. */
  now(): number {
    return this.#clock.now();
  }

  get ledger() {
    return this.#account.ledger(this.trace.ledger().evicted);
  }

  /** Stop the probes and take in what they still say; returns the footer. */
  async stop(): Promise<RecordingFooter> {
    await this.#watch.stop();
    await this.#run.stop();
    await this.ended;
    return this.#footer as RecordingFooter;
  }

  readonly #hold = (event: TraceEvent): void => {
    this.#batch.push(event);
  };

  #tick(): void {
    this.#order.advance(this.#clock.now(), this.#hold);
    this.#deliver();
    this.trace.advance(this.#clock.now() - ORDER_NS);
  }

  #deliver(): void {
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    for (const event of batch) {
      this.trace.step(event);
      if (event.type === "transition") this.#watch.notice(event.netns);
    }
    for (const listener of this.#listeners) listener(batch);
  }

  #onBeat(beat: Beat): void {
    this.#clock.observe(beat.bootNs);
    const t = this.#clock.toRecording(beat.bootNs);
    const { counted, received, lost, unparsed, skipped } = this.#account;
    const wall = this.#clock.wallAt(t);
    this.#order.push(
      { type: "heartbeat", t, wall, counted, received, lost, unparsed, skipped },
      this.#hold,
    );
    void this.#countSkipped(t);
  }

  async #countSkipped(t: number): Promise<void> {
    const total = await this.#skipped.read();
    if (total === null || total <= this.#account.skipped) {
      this.#lastBeatNs = t;
      return;
    }
    const count = total - this.#account.skipped;
    this.#account.skipped = total;
    const gap: GapEvent = { type: "gap", t, from: this.#lastBeatNs, cause: "skipped", count };
    this.#lastBeatNs = t;
    this.#order.push(gap, this.#hold);
  }

  #finish(error: BpftraceError | null): OperatorError | null {
    clearInterval(this.#timer);
    void this.#watch.stop();
    const t = this.#clock.now();
    for (const gap of this.#account.close(this.#rows.lastSeqs, t))
      this.#order.push(gap, this.#hold);
    if (error !== null) {
      const from = this.#lastBeatNs;
      this.#order.push({ type: "gap", t, from, cause: "hung", count: null }, this.#hold);
    }
    this.#order.flush(this.#hold);
    this.#deliver();
    this.trace.advance(t);
    this.trace.finish();
    this.#footer = { type: "footer", t, ledger: this.ledger };
    return error === null ? null : new OperatorError(1, error.message, error);
  }

  /** The footer; null while tracing. */
  get footer(): RecordingFooter | null {
    return this.#footer;
  }
}

/** Buffer memory for all CPUs together, and for one; pages of 4 KiB, a power of two for 0.17. */
const BUFFER_PAGES = 16_384;
const MAX_CPU_PAGES = 4096;
const MIN_CPU_PAGES = 64;

/**
 * Buffers for some ten thousand records: bpftrace's own 64 pages overflow in a burst of 1,500.
 *
 * Maps hold one entry per socket that has read its end.
 */
function bufferSettings(cpus: number): Record<string, string> {
  let pages = MAX_CPU_PAGES;
  while (pages > MIN_CPU_PAGES && pages * cpus > BUFFER_PAGES) pages /= 2;
  return { BPFTRACE_PERF_RB_PAGES: String(pages), BPFTRACE_MAP_KEYS_MAX: "65536" };
}

interface SessionParts {
  readonly run: BpftraceRun;
  readonly clock: RecordingClock;
  readonly header: RecordingHeader;
  readonly decoder: WireDecoder;
  readonly options: LiveOptions;
  readonly unseen: readonly string[];
  readonly isEventProgram: readonly boolean[];
}
