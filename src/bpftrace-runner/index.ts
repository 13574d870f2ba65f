/**
 * Runs one bpftrace process and hands out what it says; knows nothing of what is traced.
 *
 * @example
 * ```ts
 * import { BpftraceError, startBpftrace } from "lastack/bpftrace-runner";
 *
 * const program = `
 *   BEGIN { printf("ready\\n"); }
 *   tracepoint:sched:sched_process_exec /pid > $1/ { printf("%d %s\\n", pid, comm); @execs = count(); }
 * `;
 * try {
 *   const run = await startBpftrace({ program, parameters: [1000] });
 *   process.once("SIGINT", () => void run.stop());
 *   for await (const batch of run) {
 *     for (const message of batch) {
 *       if (message.type === "printf") console.log(JSON.stringify(message.data));
 *       if (message.type === "map") console.log(message.data["@execs"]);
 *     }
 *   }
 * } catch (error) {
 *   if (!(error instanceof BpftraceError)) throw error;
 *   console.error(JSON.stringify(error.message));
 *   process.exitCode = error.phase === "running" ? 1 : 4;
 * }
 * ```
 */

export { BpftraceError, type BpftracePhase } from "./bpftrace-error.ts";
export { type BpftraceVersion, bpftraceVersion, parseBpftraceVersion } from "./bpftrace-version.ts";
export { decodeBpftraceText } from "./decode-text.ts";
export { type BpftraceSearch, findBpftrace } from "./find-bpftrace.ts";
export type {
  AttachedProbesMessage,
  BpftraceMessage,
  LostEventsMessage,
  MapMessage,
  OtherMessage,
  PrintfMessage,
} from "./message.ts";
export type { BpftraceStats } from "./message-decoder.ts";
export type { MessagesListener } from "./message-queue.ts";
export type { BpftraceOptions } from "./options.ts";
export type { BpftraceEnd, BpftraceRun } from "./run.ts";
export { startBpftrace } from "./start-bpftrace.ts";
export type { StopSignal } from "./stop-ladder.ts";
