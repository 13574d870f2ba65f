/** Finds the bpftrace that a program runs now, and waits for the end of one. */
import { readdir, readFile } from "node:fs/promises";
import type { Program } from "./program.ts";

/** The pid of the program's bpftrace; fails where it has none. */
export async function bpftraceOf({ child }: Program): Promise<number> {
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
    const isChild = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] === String(child.pid);
    if (isChild && stat.includes("(bpftrace)")) return Number(name);
  }
  throw new Error(`no bpftrace below ${child.pid}`);
}

/** Resolves when a process is gone or only waits to be reaped. */
export async function untilGone(pid: number): Promise<void> {
  for (;;) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    if (stat === "" || stat.includes(") Z ")) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
