// @ts-check
// How often each BPF program has run in the kernel, and for how long (kernel.bpf_stats_enabled).
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const SWITCH = "/proc/sys/kernel/bpf_stats_enabled";

/**
 * Let the kernel measure its programs; returns what puts the switch back.
 *
 * Reading the clock twice in each run costs what is measured, and most those who run often and do
 * little: nothing else is measured meanwhile.
 */
export function measurePrograms() {
  const before = readFileSync(SWITCH, "utf8");
  const restore = () => writeFileSync(SWITCH, before);
  process.once("exit", restore);
  writeFileSync(SWITCH, "1");
  return () => {
    process.off("exit", restore);
    restore();
  };
}

/** @typedef {{ id: number, name: string, runs: number, ns: number }} Program */

/** All programs of the host. @returns {Program[]} */
export function programs() {
  const text = execFileSync("bpftool", ["prog", "show", "--json"], { encoding: "utf8" });
  /** @type {{ id: number, name?: string, run_cnt?: number, run_time_ns?: number }[]} */
  const shown = JSON.parse(text);
  return shown.map(({ id, name = "", run_cnt = 0, run_time_ns = 0 }) => ({
    id,
    name,
    runs: run_cnt,
    ns: run_time_ns,
  }));
}

/** The programs that hang on changes of TCP state, whoever made them. @param {Program[]} all */
export function stateProbes(all) {
  return all.filter(({ name }) => /set_stat|sock_set|inet_sock_set/.test(name));
}

/** Runs and nanoseconds of these programs together. @param {Program[]} all */
export function sumOf(all) {
  return {
    runs: all.reduce((sum, { runs }) => sum + runs, 0),
    ns: all.reduce((sum, { ns }) => sum + ns, 0),
  };
}
