/** Looks at processes in /proc, and waits for one to go. */
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** Whether a process lives; a zombie, which only waits to be collected, does not. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2)[0] !== "Z";
  } catch {
    return false;
  }
}

/** Wait until the process has gone; rejects when it has not within the time. */
export async function untilGone(pid: number, withinMs = 2000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (isAlive(pid)) {
    if (Date.now() > deadline) throw new Error(`process ${pid} still lives after ${withinMs} ms`);
    await pause(10);
  }
}
