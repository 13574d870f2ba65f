/** Starts the bpftrace process: its arguments, its environment, its group, its private directory. */

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import { BpftraceError } from "./bpftrace-error.ts";
import { buildEnvironment } from "./environment.ts";
import type { RunSettings } from "./options.ts";
import { parentDeathWrapper } from "./parent-death.ts";

/** A started process, not yet ready. */
export interface LaunchedProcess {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly pid: number;
  /** Whether the kernel kills it when this process dies. */
  readonly diesWithParent: boolean;
  /** Remove the private directory, which bpftrace needs only until its script is compiled. */
  tidy(): Promise<void>;
}

/**
 * Start bpftrace in a process group and session of its own, so that a Ctrl-C meant for the parent
 * does not reach it.
 *
 * The script goes in through stdin (`bpftrace -`, 0.11 and newer), which then ends: no length
 * limit, no file that another could swap, no page-long `ps` line. Rejects with BpftraceError of
 * phase `spawn`.
 */
export async function launch(path: string, settings: RunSettings): Promise<LaunchedProcess> {
  const tmpdir = await mkdtemp("/tmp/bpftrace-runner-");
  const tidy = () => rm(tmpdir, { recursive: true, force: true });
  try {
    const env = buildEnvironment(settings.env, tmpdir);
    const wrapper = await parentDeathWrapper();
    const bpftrace = [path, "-f", "json", "--", "-", ...settings.parameters];
    const [command = path, ...args] = [...wrapper, ...bpftrace];
    const child = spawn(command, args, {
      cwd: "/",
      env,
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    // A bpftrace that dies before it has read its script is told of by its exit.
    child.stdin.on("error", () => {});
    await once(child, "spawn");
    child.stdin.end(settings.program);
    return { child, pid: child.pid ?? 0, diesWithParent: wrapper.length > 0, tidy };
  } catch (cause) {
    await tidy();
    if (cause instanceof BpftraceError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `could not start bpftrace: ${why}; check that ${path} runs`;
    throw new BpftraceError({ phase: "spawn", message, cause });
  }
}
