/** Starts a trusted tool without a shell and streams what it prints. */

import { spawn } from "node:child_process";
import { TOOL_ENVIRONMENT } from "./trusted-tool.ts";

/** How to start a tool. */
export interface ToolCall {
  /** Absolute path, from `findTool`. */
  readonly path: string;
  readonly args: readonly string[];
  /** A descriptor that the tool gets as its descriptor 3. */
  readonly descriptor?: number;
  /** After this time the tool is killed, milliseconds. */
  readonly timeoutMs: number;
  /** Exit codes that are no failure; 0 alone when absent. */
  readonly exitCodes?: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

/** A tool ended otherwise than well. */
export class ToolFailure extends Error {
  override readonly name = "ToolFailure";
}

const STDERR_LIMIT = 1024;

type Ending =
  | { readonly error: Error }
  | { readonly code: number | null; readonly signal: string | null };

/**
 * Run a tool and yield its standard output as it comes.
 *
 * The reader's pace holds the tool back (the pipe fills), so nothing piles up. Leaving the loop early
 * kills the tool. Throws `ToolFailure` when it cannot start, exits with another code than
 * allowed, or exceeds its time, and the signal's reason when cancelled.
 */
export async function* runTool(call: ToolCall): AsyncGenerator<Buffer, void> {
  call.signal?.throwIfAborted();
  const extra = call.descriptor === undefined ? [] : [call.descriptor];
  const child = spawn(call.path, call.args, {
    cwd: "/",
    env: TOOL_ENVIRONMENT,
    stdio: ["ignore", "pipe", "pipe", ...extra],
  });
  const ending = new Promise<Ending>((resolve) => {
    child.once("error", (error) => resolve({ error }));
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null)
    throw new ToolFailure(describe(call, await ending, "", false));
  let complaint = "";
  stderr.on("data", (chunk: Buffer) => {
    if (complaint.length < STDERR_LIMIT) complaint += chunk.toString("latin1");
  });
  let isLate = false;
  const kill = () => child.kill("SIGKILL");
  const timer = setTimeout(() => {
    isLate = true;
    kill();
  }, call.timeoutMs);
  call.signal?.addEventListener("abort", kill, { once: true });
  try {
    for await (const chunk of stdout) yield chunk as Buffer;
    const end = await ending;
    call.signal?.throwIfAborted();
    if (isLate || !isGood(end, call.exitCodes)) {
      throw new ToolFailure(describe(call, end, complaint, isLate));
    }
  } finally {
    clearTimeout(timer);
    call.signal?.removeEventListener("abort", kill);
    kill();
    await ending;
  }
}

function isGood(end: Ending, exitCodes: readonly number[] = [0]): boolean {
  return "code" in end && end.code !== null && exitCodes.includes(end.code);
}

function describe(call: ToolCall, end: Ending, complaint: string, isLate: boolean): string {
  const why = complaint.trim().split("\n", 1)[0] ?? "";
  if (isLate) return `${call.path} was killed after ${call.timeoutMs} ms`;
  if ("error" in end) return `${call.path} could not be started: ${end.error.message}`;
  const how = end.signal === null ? `exit code ${end.code}` : `signal ${end.signal}`;
  return `${call.path} ended with ${how}${why === "" ? "" : `: ${why}`}`;
}
