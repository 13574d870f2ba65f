/** What a caller may ask of a run, and the checks before anything is started. */

import { BpftraceError } from "./bpftrace-error.ts";

/** One run of bpftrace. Only `program` is needed. */
export interface BpftraceOptions {
  /** The text of a static script. Never build it from user input: that is what `parameters` are for. */
  program: string;
  /**
   * The script's `$1`, `$2` …, passed behind `--` so that none can be taken for an option of
   * bpftrace. Letters, digits and `_ . : -` only.
   */
  parameters?: readonly (string | number)[];
  /** Absolute path of bpftrace, checked like a found one. Default: what `findBpftrace` finds. */
  bpftrace?: string;
  /** Start `bpftrace` without that check; for tests and for images whose files root does not own. */
  trusted?: boolean;
  /**
   * The first word of the printf line that the script's BEGIN prints. Default `ready`.
   *
   * It is the only reliable sign: bpftrace prints it once every probe is attached, whereas
   * `attached_probes` comes before, and also when attaching then fails.
   */
  readyLine?: string;
  /** BPFTRACE_* variables, such as BPFTRACE_PERF_RB_PAGES; nothing else is passed on. */
  env?: Record<string, string>;
  /** How long start and attaching may take, default 15,000 ms. */
  readyTimeoutMs?: number;
  /** Wait after SIGINT, then after SIGTERM, before the next signal; default 3,000 and 2,000 ms. */
  stopLadderMs?: readonly [number, number];
  /** Longer lines are skipped and counted; default 64 KiB. */
  maxLineBytes?: number;
  /**
   * How much may wait for the consumer, default 64 MiB. Beyond it the pipe is left alone, so that
   * bpftrace loses events, which a count kept in the kernel shows.
   */
  maxQueuedBytes?: number;
  /** Receives each line of stderr; foreign text, and warnings of good runs too. */
  onStderrLine?: (line: string) => void;
  /** Stops the run, or the start of it, when aborted. */
  signal?: AbortSignal;
}

/** The same, checked and with every default in place. */
export interface RunSettings {
  readonly program: string;
  readonly parameters: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly readyLine: string;
  readonly readyTimeoutMs: number;
  readonly stopLadderMs: readonly [number, number];
  readonly maxLineBytes: number;
  readonly maxQueuedBytes: number;
  readonly onStderrLine: ((line: string) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

const allowedParameter = /^[A-Za-z0-9_.:-]+$/;

/** Check and complete the options; throws BpftraceError of phase `spawn`. */
export function settle(options: BpftraceOptions): RunSettings {
  if (options.program.trim() === "") throw refuse("an empty program");
  const parameters = (options.parameters ?? []).map(String);
  for (const parameter of parameters) {
    if (!allowedParameter.test(parameter)) throw refuse(`parameter ${JSON.stringify(parameter)}`);
  }
  const readyLine = options.readyLine ?? "ready";
  if (!/^\S+$/.test(readyLine)) throw refuse(`ready line ${JSON.stringify(readyLine)}`);
  return {
    program: options.program,
    parameters,
    env: options.env ?? {},
    readyLine,
    readyTimeoutMs: options.readyTimeoutMs ?? 15_000,
    stopLadderMs: options.stopLadderMs ?? [3000, 2000],
    maxLineBytes: options.maxLineBytes ?? 64 * 1024,
    maxQueuedBytes: options.maxQueuedBytes ?? 64 * 1024 * 1024,
    onStderrLine: options.onStderrLine,
    signal: options.signal,
  };
}

function refuse(what: string): BpftraceError {
  const message = `refused to start bpftrace with ${what}; see the doc comment of BpftraceOptions`;
  return new BpftraceError({ phase: "spawn", message });
}
