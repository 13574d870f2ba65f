// @ts-check
// What a process and all its descendants have used: CPU time and memory.
import { readdirSync, readFileSync } from "node:fs";

/** Ticks a second of the times in /proc/PID/stat: USER_HZ, 100 on every Linux that Node runs on. */
const USER_HZ = 100;

/** @param {number} pid @returns {number[]} the process and its descendants that live now */
export function treeOf(pid) {
  /** @type {Map<number, number[]>} */
  const children = new Map();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = fieldsOf(Number(name));
    if (stat === null) continue;
    const parent = Number(stat[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree = [pid];
  for (const each of tree) tree.push(...(children.get(each) ?? []));
  return tree;
}

/** Seconds of CPU of the tree, those of descendants that have ended included. @param {number} pid */
export function cpuSeconds(pid) {
  let ticks = 0;
  for (const each of treeOf(pid)) {
    const stat = fieldsOf(each);
    if (stat !== null) for (const i of [11, 12, 13, 14]) ticks += Number(stat[i]);
  }
  return ticks / USER_HZ;
}

/** The most memory that the processes of the tree have held, each at its peak, MB. @param {number} pid */
export const peakMegabytes = (pid) => megabytes(pid, "VmHWM");

/** Of what they hold now the pages of files, which are the kernel's to drop: programs and libraries, MB. @param {number} pid */
export const fileMegabytes = (pid) => megabytes(pid, "RssFile");

/** The sum of a line of /proc/PID/status over the tree. @param {number} pid @param {string} line */
function megabytes(pid, line) {
  const figure = new RegExp(`^${line}:\\s+(\\d+)`, "m");
  const kilobytes = treeOf(pid).map((each) =>
    Number(figure.exec(read(`/proc/${each}/status`))?.[1] ?? 0),
  );
  return (kilobytes.reduce((sum, each) => sum + each, 0) * 1024) / 1e6;
}

/** The fields of /proc/PID/stat from the state on. @param {number} pid */
function fieldsOf(pid) {
  const text = read(`/proc/${pid}/stat`);
  return text === "" ? null : text.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
