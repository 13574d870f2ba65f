/** Prepares the probes that this host can run and the clock of their events, and attaches them. */

import {
  BpftraceError,
  type BpftraceRun,
  bpftraceVersion,
  findBpftrace,
  startBpftrace,
} from "../bpftrace-runner/index.ts";
import type { Detail, WantedDetail } from "../event/detail.ts";
import { RECORDING_SCHEMA, type RecordingHeader } from "../event/recording.ts";
import { WireDecoder } from "../event/wire.ts";
import { RecordingClock } from "../host/clock.ts";
import { type KernelFacts, readKernelFacts } from "../host/kernel-facts.ts";
import { DetailSwitch, detailNumber } from "./detail-switch.ts";
import { ownSysctls } from "./host-tools.ts";
import { KernelFilter } from "./kernel-filter.ts";
import type { LiveOptions } from "./live-options.ts";
import { OperatorError } from "./operator-error.ts";
import { chooseProbes, type ProbeChoice } from "./probe-choice.ts";
import { lifeParameters, MAP_ENTRIES, probeNames, readProgram } from "./probe-program.ts";
import { bootNsOf } from "./probe-rows.ts";

/** All that is known before the first probe is attached. */
export interface PreparedProbes {
  readonly clock: RecordingClock;
  readonly header: RecordingHeader;
  readonly decoder: WireDecoder;
  /** What this kernel leaves unseen, a sentence each. */
  readonly unseen: readonly string[];
  /** How long the kernel may hold what it has to tell, nanoseconds; 0 when it tells at once. */
  readonly holdNs: number;
  /** Tells the probes of another detail; null where they have one only. */
  readonly detail: DetailSwitch | null;
  /** What of the host the probes tell of. */
  readonly filter: KernelFilter;
  /** For each program in script order, whether a skipped run is a missed event. */
  readonly isEventProgram: readonly boolean[];
  /**
   * Attach the probes; resolves when every one is attached.
   *
   * @throws OperatorError 4 when the kernel refuses one
   */
  attach(signal: AbortSignal): Promise<BpftraceRun>;
}

/** Programs of which every run sends a record, by fragment; see SkippedRuns. */
const EVENT_FRAGMENTS =
  /^(tcp_set_state|lives\.bt|tcp_retransmit_skb|tcp_send_reset|tcp_receive_reset)\b/;
/** The half second of `probes/lives_tick.bt`, its tick, and as much again for a CPU that was away. */
export const HOLD_NS = 600e6;
/** As much longer may a FIN_WAIT2 wait in `probes/lives_out.bt` for the peer's FIN, with all behind it. */
const COUNTING_HOLD_NS = 1e9;
/** In `aggregate` one in so many of the teardowns that are only counted is told. */
const SAMPLED = 1000;
/** A map comes in one line: the counts 30 bytes for each step, lives that were held 200 each. */
const MAX_LINE_BYTES = 16 << 20;
/** Fragments with no tracepoint program or with several, none of which always sends a record. */
const PROGRAMS_OF: Readonly<Record<string, readonly boolean[]>> = {
  "ready.bt": [],
  "heartbeat.bt": [],
  "end.bt": [],
  "owners.bt": [false, false],
  "owners.lives.bt": [false, false],
  "reads.bt": [false, false, false],
  "reads.lives.bt": [false, false],
  "tcp_destroy_sock.bt": [false, false],
  "lives_out.bt": [false],
  "lives_tick.bt": [false],
  "counts.bt": [],
  "end.lives.bt": [],
};

/**
 * Find out what can be traced, quickly: compiling the probes is what takes time.
 *
 * @throws OperatorError 4 when this host or this user cannot trace
 */
export async function prepareProbes(options: LiveOptions): Promise<PreparedProbes> {
  const found = findBpftrace();
  // Beside the look at the kernel, which takes as long: some 200 ms.
  const answer = found.found ? versionText(found.path) : null;
  const facts = await readKernelFacts();
  const choice = chooseOrRefuse(facts, options);
  if (!found.found) throw new OperatorError(4, found.detail);
  const [program, version, sysctls, clock] = await Promise.all([
    readProgram(choice),
    answer ?? "unknown",
    ownSysctls(),
    RecordingClock.start(),
  ]);
  const header = headerOf(facts, choice, clock, options);
  const detail = choice.keepsLives ? new DetailSwitch() : null;
  const { hz, resetReasons } = facts;
  const filter = new KernelFilter(options, facts.hasBtf);
  for (const each of [...choice.remarks, ...filter.left]) options.onLeft?.(each);
  return {
    clock,
    header: { ...header, bpftrace: version, sysctls: sysctls.values, netns: sysctls.netns },
    decoder: new WireDecoder({ originNs: clock.startBootNs, resetReasons, hz }),
    unseen: choice.unseen,
    holdNs: choice.keepsLives ? HOLD_NS + (choice.counts ? COUNTING_HOLD_NS : 0) : 0,
    detail,
    filter,
    isEventProgram: choice.fragments.flatMap(
      (name) => PROGRAMS_OF[name] ?? [EVENT_FRAGMENTS.test(name)],
    ),
    attach: async (signal) => {
      const parameters = [
        ...filter.parameters,
        ...lifeParameters({
          detail: detailNumber(firstDetail(header.detail as Detail, detail)),
          word: detail?.word ?? 0,
          possibleCpus: facts.possibleCpus,
          seesDestroy: choice.fragments.includes("tcp_destroy_sock.lives.bt"),
          seesUse: choice.fragments.some((name) => /^reads\b/.test(name)),
          sampled: choice.counts ? SAMPLED : 0,
        }),
      ];
      const narrowed = filter.narrow(program, parameters.length + 1);
      const env = bufferSettings(facts.possibleCpus);
      const run = await startBpftrace({
        program: narrowed,
        parameters: [...parameters, ...filter.networkParameters],
        env,
        signal,
        readyTimeoutMs: READY_TIMEOUT_MS,
        maxLineBytes: MAX_LINE_BYTES,
      }).catch(refused);
      const readyNs = bootNsOf(run.ready);
      if (readyNs !== null) clock.observe(readyNs);
      return run;
    },
  };
}

function versionText(path: string): Promise<string> {
  return bpftraceVersion(path).then(
    (each) => each.text,
    () => "unknown",
  );
}

function refused(error: unknown): never {
  throw error instanceof BpftraceError ? new OperatorError(4, error.message, error) : error;
}

/** The probes for this kernel, or in one line why there can be none. */
function chooseOrRefuse(facts: KernelFacts, options: LiveOptions): ProbeChoice {
  if (!facts.isRoot) {
    throw new OperatorError(4, "tracing needs root: run it again with sudo, or replay a recording");
  }
  if (!facts.isTracefsReadable) {
    throw new OperatorError(
      4,
      "tracefs is not mounted: run `mount -t tracefs tracefs /sys/kernel/tracing`, then try again",
    );
  }
  const choice = chooseProbes(facts, options.detail, options.tellsEach);
  if (choice === null) {
    throw new OperatorError(
      4,
      "this kernel has no tracepoint sock:inet_sock_set_state (4.16 and newer have it): see `lastack doctor`",
    );
  }
  const left = options.withoutProbes ?? [];
  return { ...choice, fragments: choice.fragments.filter((name) => !left.includes(name)) };
}

function headerOf(
  facts: KernelFacts,
  choice: ProbeChoice,
  clock: RecordingClock,
  options: LiveOptions,
): Omit<RecordingHeader, "bpftrace" | "sysctls"> {
  return {
    type: "header",
    schema: RECORDING_SCHEMA,
    program: "lastack",
    version: options.version,
    startedAt: clock.startedAt,
    bootId: facts.bootId,
    hostname: facts.hostname,
    kernel: facts.release,
    probes: probeNames(choice),
    detail: detailFor(choice, options.detail),
    ...(choice.counts && { sampled: SAMPLED }),
    filters: options.filters ?? {},
    origin: "captured",
  };
}

/** What these probes can give of it; `auto` begins with all there is to see. */
function detailFor(choice: ProbeChoice, wanted: WantedDetail | undefined): Detail {
  if (!choice.keepsLives || wanted === undefined || wanted === "auto") return "transitions";
  return wanted === "aggregate" && !choice.counts ? "summary" : wanted;
}

/**
 * What the probes begin with. Nothing may be only counted before the first look at the socket
 * table: who lived then is known by it, and would be there twice.
 */
function firstDetail(detail: Detail, way: DetailSwitch | null): Detail {
  return detail === "aggregate" ? (way?.asked ?? "summary") : detail;
}

/** Compiling takes a second or two; on a host that is in trouble, many times that. */
const READY_TIMEOUT_MS = 90_000;

/** Buffer memory for all CPUs together, and for one; pages of 4 KiB, a power of two for 0.17. */
const BUFFER_PAGES = 16_384;
const MAX_CPU_PAGES = 4096;
const MIN_CPU_PAGES = 64;
/** bpftrace's own variable, for who wants other buffers; 0.17 wants a power of two. */
const PAGES_VARIABLE = "BPFTRACE_PERF_RB_PAGES";

/**
 * Buffers for some ten thousand records: bpftrace's own 64 pages overflow in a burst of 1,500.
 *
 * Maps hold one entry per socket that has read its end.
 */
function bufferSettings(cpus: number): Record<string, string> {
  let pages = MAX_CPU_PAGES;
  while (pages > MIN_CPU_PAGES && pages * cpus > BUFFER_PAGES) pages /= 2;
  const asked = Number(process.env[PAGES_VARIABLE]);
  if (asked >= 1 && asked <= BUFFER_PAGES && Number.isInteger(Math.log2(asked))) pages = asked;
  return { [PAGES_VARIABLE]: String(pages), BPFTRACE_MAP_KEYS_MAX: String(MAP_ENTRIES) };
}
