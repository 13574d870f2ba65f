/** A second process that runs a bpftrace with the compiled room, to be killed by a test. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../fixtures/fake-bpftrace/parent.js", import.meta.url));

/** The parent and what it says of its bpftrace. */
export interface Parent {
  readonly process: ChildProcess;
  /** The pid of bpftrace. */
  readonly pid: number;
  readonly diesWithParent: boolean;
}

/** Start the parent and wait until its bpftrace is ready; without a path it finds the real one. */
export async function startParent(runner: string, bpftrace?: string): Promise<Parent> {
  const args = [program, runner, ...(bpftrace === undefined ? [] : [bpftrace])];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const early = once(child, "exit").then(() => Promise.reject(new Error("the parent ended")));
  const line = once(createInterface({ input: child.stdout }), "line").then(([text]) => text);
  return { process: child, ...JSON.parse(await Promise.race([line, early])) };
}

/** Kill the parent in the given way and wait until it has gone. */
export async function killParent(parent: Parent, signal: NodeJS.Signals): Promise<void> {
  const gone = once(parent.process, "exit");
  parent.process.kill(signal);
  await gone;
}
