/** Says in one line why a bpftrace ended that should not have: what, why, the next step. */

import { BpftraceError, type BpftracePhase } from "./bpftrace-error.ts";

/** How far a bpftrace had come when it ended. */
export type Progress = "started" | "attaching" | "ready";

/** What a dead bpftrace leaves behind. */
export interface Death {
  readonly progress: Progress;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderrTail: string;
}

interface Clue {
  readonly pattern: RegExp;
  readonly next: string;
}

/** Read from top to bottom; the first that fits stderr gives the next step. */
const clues: readonly Clue[] = [
  { pattern: /running as the root user|must be root/i, next: "run it as root, with sudo" },
  { pattern: /lockdown/i, next: "turn kernel lockdown off, it forbids tracing" },
  {
    pattern: /Operation not permitted|Permission denied/i,
    next: "give it CAP_BPF, CAP_PERFMON and CAP_SYS_ADMIN; a container must be privileged",
  },
  {
    pattern: /perf buffer|Cannot allocate memory/i,
    next: "use a smaller BPFTRACE_PERF_RB_PAGES; it must be a power of two",
  },
  {
    pattern: /tracepoint not found|probe not found|No probes to attach|not traceable/i,
    next: "use a probe that this kernel has, and see that tracefs is mounted",
  },
  {
    pattern: /Unknown struct|BTF|incomplete type/i,
    next: "use a kernel with type information (/sys/kernel/btf/vmlinux) or install its headers",
  },
  { pattern: /Error attaching probe/i, next: "use a probe that this kernel lets attach" },
  { pattern: /syntax error|unexpected end of file/i, next: "correct the script" },
];

/** The error for a bpftrace that ended without having been asked to. */
export function diagnose(death: Death): BpftraceError {
  const phase = phaseOf(death);
  const why = quoteReason(death.stderrTail);
  const clue = clues.find(({ pattern }) => pattern.test(withoutBenignLines(death.stderrTail)));
  const how = death.signal === null ? `exit code ${death.exitCode}` : `killed by ${death.signal}`;
  const message = `bpftrace ${sentences[phase]} (${how})${why}; ${clue?.next ?? defaultStep(death)}`;
  return new BpftraceError({ ...death, phase, message });
}

/** The error for a bpftrace that lives but has not said the ready line in time. */
export function diagnoseSilence(
  progress: Progress,
  waitedMs: number,
  stderrTail: string,
): BpftraceError {
  const doing = progress === "started" ? "compiling its script" : "attaching its probes";
  const message =
    `bpftrace was not ready after ${waitedMs} ms, still ${doing}${quoteReason(stderrTail)}; ` +
    "allow it more time, or see that the script's BEGIN prints the ready line";
  return new BpftraceError({ phase: "ready", message, stderrTail });
}

const sentences: Readonly<Record<BpftracePhase, string>> = {
  find: "was not found",
  spawn: "could not be started",
  compile: "could not start",
  attach: "could not attach its probes",
  ready: "ended without saying that it was ready",
  running: "died while tracing",
  stop: "did not stop",
};

function phaseOf({ progress, exitCode, signal, stderrTail }: Death): BpftracePhase {
  if (progress === "ready") return "running";
  if (exitCode === 0) return "ready";
  if (/^setpriv: /m.test(stderrTail) && signal === null) return "spawn";
  return progress === "started" ? "compile" : "attach";
}

function defaultStep({ signal, progress }: Death): string {
  if (signal === "SIGKILL") return "look in dmesg whether the kernel was out of memory";
  if (signal === "SIGSEGV" && progress === "started") {
    return "see that /sys/kernel/btf/vmlinux is there, without it bpftrace crashes on structs";
  }
  return "the end of its stderr says more";
}

/** The first line that names an error, else the last line, without position and prefix. */
function quoteReason(stderrTail: string): string {
  const lines = withoutBenignLines(stderrTail)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "");
  const line = lines.find((candidate) => /\bERROR\b/.test(candidate)) ?? lines.at(-1);
  if (line === undefined) return "";
  const reason = line
    .replace(/^(?:stdin:[\d:-]+: )?(?:ERROR|WARNING): /, "")
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
  return reason === "" ? "" : `: ${reason.slice(0, 200).replace(/\.$/, "")}`;
}

/** Without what a good run says too; a warning shows its line of the script, and marks it below. */
function withoutBenignLines(stderrTail: string): string {
  return stderrTail
    .replace(/^.*(?:RLIMIT_MEMLOCK|Addrspace is not set).*$/gm, "")
    .replace(/^stdin:[\d:-]+: WARNING: .*\n.*\n\s*~+\s*$/gm, "");
}
